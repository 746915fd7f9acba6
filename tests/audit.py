"""Known vulnerabilities of the installed versions: `make audit`.

Runs pip-audit and judges its report: a finding fails, and so does a report in which nothing was looked up (no
network, a registry that does not tell), for that is no clean bill.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

CONSTRAINTS = Path(__file__).resolve().parents[1] / "constraints.txt"


def judge(report: str) -> tuple[int, str]:
    """Exit code and closing line for pip-audit's JSON report."""
    try:
        packages = json.loads(report)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return 2, "the audit gave no report: nothing was audited"
    audited = [one for one in packages if "vulns" in one]
    skipped = [one for one in packages if "skip_reason" in one]
    found = [f"{one['name']} {one['version']}: {', '.join(v['id'] for v in one['vulns'])}"
             for one in audited if one["vulns"]]
    if found:
        return 1, "vulnerable: " + "; ".join(found)
    if not audited or len(skipped) > len(audited):
        return 2, f"nothing was audited ({len(skipped)} packages skipped)"
    return 0, f"{len(audited)} packages audited, no known vulnerability ({len(skipped)} skipped)"


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        requirements = Path(folder) / "requirements.txt"
        requirements.write_text(CONSTRAINTS.read_text("utf-8"))
        done = subprocess.run(
            [sys.executable, "-m", "pip_audit", "--requirement", str(requirements), "--no-deps", "--disable-pip",
             "--format", "json", "--progress-spinner", "off"],
            capture_output=True, text=True, check=False,
        )
    if done.stderr.strip():
        print(done.stderr.strip().splitlines()[-1], file=sys.stderr)
    code, message = judge(done.stdout)
    print(message)
    return code


if __name__ == "__main__":
    sys.exit(main())
