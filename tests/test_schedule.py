"""The schedule: units that systemd accepts and finds tight, crontab lines that a shell runs, a container's setup that works."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.config import Corpus, load_corpus
from pipeline.errors import InputError
from pipeline.schedule import Plan, cron, install, plan_of, systemd
from pipeline.schedule.container import SETUP
from pipeline.schedule.placing import Place
from tests.conftest import ROOT
from tests.test_project import wheel as wheel

NASTY = "Müll & 100% \"Käse\" $HOME's \\n (alt)"
"""A folder as people name them, and worse."""
RECORDER = '#!/bin/sh\n{ pwd; for word in "$@"; do printf "%s\\n" "<$word>"; done; env | grep ^AUSZUG_; } > "$(dirname "$0")/seen"\n'


def corpus(folder: Path, name: str = "tal", *, title: str = "Kreis Täl 5%", run_table: str = 'time_limit = "6h"') -> Corpus:
    place = folder / "corpora" / name
    place.mkdir(parents=True, exist_ok=True)
    (place / "corpus.toml").write_text(
        f'[corpus]\nname = "{name}"\ntitle = "{title}"\n[source]\nurl = "https://tal.example/"\n'
        f'contact = "mailto:name@example.org"\n[run]\n{run_table}\n', "utf-8")
    return load_corpus(place)


def plan(folder: Path, *, program: str | None = None, corpora: Sequence[Corpus] = (), **options: object) -> Plan:
    script = folder / "bin" / "auszug"
    script.parent.mkdir(parents=True, exist_ok=True)
    script.write_text(RECORDER)
    script.chmod(0o755)
    return plan_of(corpora or [corpus(folder)], folder=folder, program=[program or str(script)], **options)  # type: ignore[arg-type]


# ---------------------------------------------------------------------------- the plan


def test_the_system_waits_a_little_longer_than_the_run_itself(tmp_path: Path) -> None:
    assert plan(tmp_path).seconds == 6 * 3600 + 2160
    assert plan(tmp_path, corpora=[corpus(tmp_path, run_table='time_limit = "10m"')]).seconds == 600 + 300
    assert plan(tmp_path, corpora=[corpus(tmp_path, run_table="")]).seconds == 23 * 3600


def test_names_of_units_do_not_collide(tmp_path: Path) -> None:
    names = [["tal", "berg"], ["tal-berg"], ["berg", "tal"], [f"kreis-{n}" for n in range(80)], [f"kreis-{n}" for n in range(81)]]
    units = [plan(tmp_path, corpora=[corpus(tmp_path, name) for name in group]).name for group in names]
    assert len(set(units)) == len(names)
    assert all(len(unit) <= 100 for unit in units)


def test_a_corpus_elsewhere_is_named_by_its_path_and_may_be_written(tmp_path: Path) -> None:
    elsewhere = corpus(tmp_path / "elsewhere", "berg")
    found = plan(tmp_path, corpora=[corpus(tmp_path), elsewhere], database=Path("publication/auszug.duckdb"))
    assert found.arguments == ("tal", str(elsewhere.folder))
    assert set(found.writable) == {tmp_path / "corpora", elsewhere.folder, elsewhere.folder.parent / ".auszug",
                                   tmp_path / "publication"}
    assert found.command()[-2:] == ["--db", str(tmp_path / "publication" / "auszug.duckdb")]


@pytest.mark.parametrize("name", ["zwei\nZeilen", "Ende ", "Ende\\", "\udcff"])
def test_paths_that_no_unit_can_hold(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="rename the folder"):
        plan(tmp_path, program=f"/opt/{name}")


# ---------------------------------------------------------------------------- systemd


def test_escaping_follows_systemd(tmp_path: Path) -> None:
    found = systemd.units(plan(tmp_path / NASTY), user=False)["auszug-tal.service"]
    folder = str(tmp_path / "Müll & 100%% ").rstrip()
    assert f'WorkingDirectory={folder} "Käse" $HOME\'s \\n (alt)\n' in found, "it takes the rest of the line"
    assert f'ReadWritePaths="{folder} \\"Käse\\" $HOME\'s \\\\n (alt)/corpora"\n' in found
    assert "Description=auszug: minutes of Kreis Täl 5%%\n" in found
    assert re.search(r'^ExecStart=:"/usr/bin/env" "--" ".*/bin/auszug" "run" "tal"$', found, re.MULTILINE)


@pytest.mark.parametrize(("at", "calendar"), [
    ("02:30", "*-*-* 02:30:00"), ("2:05", "*-*-* 02:05:00"), ("Mon..Fri 03:00 Europe/Berlin", "Mon..Fri 03:00 Europe/Berlin"),
    ("daily", "daily"),
])
def test_times(at: str, calendar: str) -> None:
    assert systemd.calendar(at) == calendar


@pytest.mark.parametrize("at", ["25 Uhr", "02:30\nExecStart=/bin/sh", "", "%h", "--help"])
def test_times_that_are_none(at: str) -> None:
    with pytest.raises(InputError, match="is no time"):
        systemd.calendar(at)


def written(folder: Path, found: Plan, *, user: bool) -> list[str]:
    """The units in `folder`/units, and their paths."""
    place = folder / "units"
    return [str(path) for path in install.write_files(systemd.units(found, user=user), place)]


@pytest.mark.systemd
@pytest.mark.parametrize("user", [False, True])
@pytest.mark.parametrize("name", ["tal", NASTY])
def test_systemd_accepts_the_units(tmp_path: Path, name: str, *, user: bool) -> None:
    files = written(tmp_path, plan(tmp_path / name, corpora=[corpus(tmp_path / name, run_table='mail_command = "sendmail -t"')]
                                   if user else ()), user=user)
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", *(["--user"] if user else []), *files], capture_output=True,
                          text=True, check=False, env={**os.environ, "XDG_RUNTIME_DIR": str(tmp_path)})
    mine = [line for line in done.stderr.splitlines() if "auszug" in line]
    assert (done.returncode, mine) == (0, []), done.stderr


@pytest.mark.systemd
def test_the_service_is_tight(tmp_path: Path) -> None:
    """Exposure below 3, even where root owns the folder; the alert unit as well."""
    for file in written(tmp_path, plan(tmp_path), user=False):
        if file.endswith(".service"):
            done = subprocess.run(["systemd-analyze", "security", "--offline=true", "--no-pager", file], capture_output=True,
                                  text=True, check=False)
            exposure = re.search(r"exposure level for .*: ([0-9.]+)", done.stdout)
            assert exposure, done.stdout + done.stderr
            print(f"\n{Path(file).name}: {exposure[1]}")
            assert float(exposure[1]) < 3


def test_what_the_run_needs_is_not_taken_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = plan(tmp_path)
    home = systemd.units(found, user=False)["auszug-tal.service"]
    assert "PrivateTmp" not in home, "the folder lies in /tmp"
    monkeypatch.setattr(systemd, "_TEMPORARY", ())
    monkeypatch.setattr(systemd, "_HOMES", (tmp_path,))
    assert "ProtectHome=read-only\n" in systemd.units(found, user=False)["auszug-tal.service"], "the folder lies in a home"
    monkeypatch.setattr(systemd, "_HOMES", ())
    service = systemd.units(found, user=False)["auszug-tal.service"]
    assert "ProtectHome=yes\n" in service
    assert "PrivateTmp=yes\n" in service
    assert "RestrictAddressFamilies=AF_INET AF_INET6\n" in service
    mails = plan(tmp_path, corpora=[corpus(tmp_path, run_table='mail_command = "sendmail -t"')])
    assert "NoNewPrivileges" not in systemd.units(mails, user=False)["auszug-tal-alert.service"], "postdrop is setgid"
    assert "NoNewPrivileges=yes" in systemd.units(mails, user=False)["auszug-tal.service"]


# ---------------------------------------------------------------------------- cron


def as_cron_does(line: str) -> str:
    """The command of a crontab line as cron hands it to the shell: up to the first bare %, with \\% as %."""
    command = line.split(" ", 5)[5]
    return re.split(r"(?<!\\)%", command)[0].replace("\\%", "%")


def test_a_crontab_line_runs_in_a_shell(tmp_path: Path) -> None:
    folder = tmp_path / NASTY
    found = plan(folder, at="02:30")
    (folder / "corpora" / "auszug.env").write_text('AUSZUG_CONTACT="mailto:name@example.org"\n')
    text = cron.lines(found, mail_to="betrieb@example.org")
    assert text.startswith("MAILTO=betrieb@example.org\n30 2 * * * cd ")
    command = as_cron_does(text.splitlines()[1])
    done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=False, cwd="/",
                          env={"PATH": "/usr/bin:/bin"})
    assert (done.stdout, done.stderr) == ("", ""), "nothing is mailed where all is well"
    seen = (folder / "bin" / "seen").read_text("utf-8").splitlines()
    assert seen[:3] == [str(folder), "<run>", "<tal>"]
    assert sorted(seen[3:]) == ["AUSZUG_CONTACT=mailto:name@example.org", "AUSZUG_UNATTENDED=1"]


def test_cron_mails_what_a_failed_run_says(tmp_path: Path) -> None:
    found = plan(tmp_path)
    Path(found.program[0]).write_text("#!/bin/sh\necho '100%s summary'; echo 'what is wrong' >&2; exit 2\n")
    done = subprocess.run(["/bin/sh", "-c", as_cron_does(cron.lines(found))], capture_output=True, text=True, check=False)
    assert done.stdout == "100%s summary\nwhat is wrong\n"


def test_a_system_crontab_names_the_user(tmp_path: Path) -> None:
    assert cron.lines(plan(tmp_path, at="30 2 * * 1-5"), user_name="auszug").startswith("30 2 * * 1-5 auszug cd ")


@pytest.mark.parametrize("at", ["Mon..Fri 02:30", "@reboot", "1 2 3 4", "1 2 3 4 5\nx", "24:00"])
def test_times_that_no_crontab_has(tmp_path: Path, at: str) -> None:
    with pytest.raises(InputError, match="no time of a crontab"):
        cron.lines(plan(tmp_path, at=at))


OTHERS = "# meine\n5 4 * * * backup\n"


class Crontab:
    """The command `crontab` of a user."""

    def __init__(self, text: str | None = OTHERS) -> None:
        self.text = text

    def __call__(self, argv: Sequence[str], given: str | None = None) -> subprocess.CompletedProcess[str]:
        if list(argv) == ["crontab", "-l"]:
            return subprocess.CompletedProcess(argv, 0 if self.text is not None else 1, self.text or "", "no crontab for me")
        assert list(argv) == ["crontab", "-"]
        self.text = given
        return subprocess.CompletedProcess(argv, 0, "", "")


@pytest.mark.parametrize("before", [OTHERS, None, "7 7 * * * no newline at the end"])
def test_a_crontab_keeps_what_else_is_in_it(tmp_path: Path, before: str | None) -> None:
    crontab = Crontab(before)
    place = Place(plan(tmp_path), "cron", user=True, run=crontab)
    assert place.install() == ["in the crontab; see it with: crontab -l"]
    assert (crontab.text or "").startswith(before or "# >>> auszug-tal ")
    assert (crontab.text or "").count("auszug-tal") == 2
    assert place.install() == ["is in the crontab already"]
    Place(plan(tmp_path, at="04:00"), "cron", user=True, run=crontab).install()
    assert (crontab.text or "").count("0 4 * * * cd") == 1
    assert (crontab.text or "").count("30 2 * * * cd") == 0
    assert place.remove() == ["removed from the crontab"]
    assert (crontab.text or "").rstrip("\n") == (before or "").rstrip("\n")
    assert place.remove() == ["nothing was installed"]


def test_a_block_that_somebody_changed_is_left_alone(tmp_path: Path) -> None:
    crontab = Crontab()
    place = Place(plan(tmp_path), "cron", user=True, run=crontab)
    place.install()
    crontab.text = changed = (crontab.text or "").replace("30 2 * * *", "30 5 * * *")
    for step in (place.install, place.remove):
        with pytest.raises(InputError, match="changed by hand"):
            step()
    assert crontab.text == changed
    Place(plan(tmp_path), "cron", user=True, run=crontab, force=True).remove()
    assert crontab.text == OTHERS


# ---------------------------------------------------------------------------- installing


class Systemctl:
    """The command `systemctl`; `broken`: it fails."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.broken = False

    def __call__(self, argv: Sequence[str], given: str | None = None) -> subprocess.CompletedProcess[str]:
        self.calls.append(" ".join(argv))
        return subprocess.CompletedProcess(argv, int(self.broken), "", "Access denied")


@pytest.fixture
def units(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a user's units go, on a machine that systemd runs."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    booted = Path.is_dir
    monkeypatch.setattr(Path, "is_dir", lambda path: str(path) == "/run/systemd/system" or booted(path))
    return tmp_path / "config" / "systemd" / "user"


def test_install_and_remove(tmp_path: Path, units: Path) -> None:
    control = Systemctl()
    place = Place(plan(tmp_path), "systemd", user=True, run=control)
    told = place.install()
    assert sorted(path.name for path in units.iterdir()) == ["auszug-tal-alert.service", "auszug-tal.service", "auszug-tal.timer"]
    assert {oct(path.stat().st_mode & 0o777) for path in units.iterdir()} == {"0o644"}
    assert control.calls == ["systemctl --user daemon-reload", "systemctl --user enable --now auszug-tal.timer"]
    assert told[-1].startswith("auszug-tal.timer is started")
    place.install()
    control.calls.clear()
    assert len(place.remove()) == 3
    assert list(units.iterdir()) == []
    assert control.calls == ["systemctl --user disable --now auszug-tal.timer", "systemctl --user daemon-reload"]
    assert place.remove() == ["nothing was installed"]


def test_nothing_that_was_changed_by_hand_is_overwritten(tmp_path: Path, units: Path) -> None:
    control = Systemctl()
    place = Place(plan(tmp_path), "systemd", user=True, run=control)
    place.install()
    timer = units / "auszug-tal.timer"
    timer.write_text(changed := timer.read_text().replace("02:30", "05:00"))
    (units / "auszug-tal.service").unlink()
    control.calls.clear()
    for step in (place.install, place.remove):
        with pytest.raises(InputError, match=r"auszug-tal\.timer: was changed by hand"):
            step()
    assert control.calls == [], "nor is it stopped"
    assert timer.read_text() == changed
    assert not (units / "auszug-tal.service").exists(), "all or nothing"
    Place(plan(tmp_path), "systemd", user=True, run=control, force=True).install()
    assert "02:30" in timer.read_text()
    assert (units / "auszug-tal.timer.before").read_text() == changed


def test_a_file_of_another_origin_is_not_ours(tmp_path: Path, units: Path) -> None:
    units.mkdir(parents=True)
    (units / "auszug-tal.service").write_text("[Service]\nExecStart=/bin/true\n")
    with pytest.raises(InputError, match="of another origin"):
        Place(plan(tmp_path), "systemd", user=True, run=Systemctl()).install()


@pytest.mark.usefixtures("units")
def test_systemctl_that_fails_is_told(tmp_path: Path) -> None:
    control = Systemctl()
    control.broken = True
    with pytest.raises(InputError, match="daemon-reload' failed: Access denied; the files are in place"):
        Place(plan(tmp_path), "systemd", user=True, run=control).install()


def test_the_command_prints_writes_and_refuses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    corpus(tmp_path)
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str) -> tuple[int, str]:
        done = CliRunner().invoke(app, ["schedule", *arguments])
        return done.exit_code, done.output

    code, text = call("tal", "--at", "03:15")
    assert code == 0
    assert "OnCalendar=*-*-* 03:15:00" in text
    assert '"run" "tal"' in text
    assert sorted(path.name for path in tmp_path.iterdir()) == ["corpora"], "printing writes nothing"
    assert call("tal", "-o", "units") == (0, "".join(f"written: units/auszug-tal{end}\n" for end in (
        ".service", ".timer", "-alert.service")))
    assert call("tal", "--format", "container", "-o", "image")[0] == 0
    assert call("tal", "--install", "--remove") == (2, "auszug: --install, --remove and -o exclude each other; choose one\n")
    assert "is built, not installed" in call("tal", "--format", "container", "--install")[1]
    assert "is no mail address" in call("tal", "--format", "cron", "--mail-to", "a b")[1]
    assert "there is no corpus 'tall'" in call("tall")[1]
    assert "cannot be the name of a unit" in call("tal", "--name", "../x")[1]


# ---------------------------------------------------------------------------- the container


def test_the_container_file_does_nothing_but_its_script(tmp_path: Path) -> None:
    Place(plan(tmp_path), "container", user=True).write(tmp_path / "image")
    text = (tmp_path / "image" / "Containerfile").read_text()
    steps = [line.split(" ", 1)[0] for line in text.splitlines() if line and not line.startswith("#")]
    assert steps == ["FROM", "COPY", "RUN", "USER", "ENV", "WORKDIR", "VOLUME", "STOPSIGNAL", "ENTRYPOINT", "CMD"]
    [run] = re.findall(r"^RUN (.*)$", text, re.MULTILINE)
    _, script, *arguments = shlex.split(run)[:6]
    assert Path(script).name == SETUP
    assert arguments == [str(Path(script).parent), "/opt/auszug", "/data", "10001:10001"]
    assert 'ENTRYPOINT ["/opt/auszug/bin/auszug"]\nCMD ["run", "tal"]\n' in text
    assert (tmp_path / "image" / SETUP).read_text().startswith("#!/bin/sh\n")


@pytest.fixture(scope="module")
def setup(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as the container file fills it: the wheel, the pins and the script."""
    folder = tmp_path_factory.mktemp("setup")
    shutil.copy(wheel, folder)
    shutil.copy(ROOT / "constraints.txt", folder)
    shutil.copy(ROOT / "pipeline" / "schedule" / SETUP, folder)
    return folder


def test_the_setup_works_in_a_clean_environment(setup: Path, tmp_path: Path) -> None:
    """As in the image, but for the dependencies: pip may not ask the network, so they lie where it finds them."""
    prefix, data = tmp_path / "opt auszug", tmp_path / "data"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(prefix)], check=True)  # it lies with the dependencies, too
    site = next(prefix.glob("lib/python*/site-packages"))
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    environment = {"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin", "HOME": str(tmp_path), "LANG": "C.UTF-8", "PIP_NO_INDEX": "1"}
    owner = [f"{os.getuid()}:{os.getgid()}"] if hasattr(os, "getuid") else []
    done = subprocess.run(["sh", str(setup / SETUP), str(setup), str(prefix), str(data), *owner], cwd=tmp_path, env=environment,
                          capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1].startswith("container-setup: auszug ")
    assert (data / "corpora").is_dir()
    assert (site / "pipeline" / "schedule" / SETUP).is_file(), "the wheel itself, not the checkout"


def test_the_setup_says_what_is_missing(tmp_path: Path) -> None:
    done = subprocess.run(["sh", str(ROOT / "pipeline" / "schedule" / SETUP), str(tmp_path), str(tmp_path / "opt"), str(tmp_path / "data")],
                          capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "exactly one auszug-*.whl" in done.stderr
    assert not (tmp_path / "data").exists()
