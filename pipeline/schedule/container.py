"""A container file. All that it does is the script `container-setup.sh`, which can be run, and tested, without it."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

from pipeline.schedule.plan import STOP_SECONDS, Plan

SETUP = "container-setup.sh"
_USER = "10001:10001"


def files(plan: Plan) -> dict[str, str]:
    """The files by name, for the folder in which the image is built."""
    script = (Path(__file__).parent / SETUP).read_text("utf-8")
    return {"Containerfile": _containerfile(plan), SETUP: script}


def _containerfile(plan: Plan) -> str:
    names = [Path(argument).name for argument in plan.arguments]
    volume = shlex.quote(f"{plan.corpora_folder}:/data/corpora")
    return f"""\
# One batch of auszug. The container runs it and ends; who starts it every night is the host:
#
#   cp dist/auszug-*.whl constraints.txt .          # beside this file
#   podman build -t {plan.name} .
#   podman run --rm --init --stop-timeout {STOP_SECONDS} -v {volume} {plan.name}
#
# Corpora elsewhere than in corpora/ have to be mounted as /data/corpora/NAME. Secrets: --env-file.
FROM python:3.12-slim

COPY auszug-*.whl constraints.tx[t] {SETUP} /tmp/setup/
RUN sh /tmp/setup/{SETUP} /tmp/setup /opt/auszug /data {_USER} && rm -rf /tmp/setup

USER {_USER}
ENV HOME=/data AUSZUG_UNATTENDED=1 PYTHONUNBUFFERED=1
WORKDIR /data
VOLUME /data/corpora
STOPSIGNAL SIGTERM
ENTRYPOINT ["/opt/auszug/bin/auszug"]
CMD {json.dumps(["run", *names], ensure_ascii=False)}
"""
