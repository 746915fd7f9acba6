"""Who is told what, and how often; channels that fail cost nothing but a warning; `status --json`."""

from __future__ import annotations

import datetime as dt
import email
import email.policy
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import duckdb
import pytest
from typer.testing import CliRunner

from pipeline import alerts, channels, journal
from pipeline import run as batch
from pipeline.alerts import Told, decide, tell
from pipeline.channels import ChannelFailed, MailCommand, Webhook, webhook_objection
from pipeline.cli import app
from pipeline.config import load_corpus
from pipeline.errors import ArchiveError, ConfigError
from pipeline.journal import Entry
from pipeline.lock import RunLock
from pipeline.output.monitor import Monitor, monitor
from tests.test_overlap import NOON, Clock, tal
from tests.upkeep_samples import PAGE

NIGHT = dt.timedelta(days=1)


def entry(night: int = 0, **fields: Any) -> Entry:
    counts = {"new_errors": 0, "known_errors": 0, "items": 12, **fields.pop("counts", {})}
    plain: dict[str, Any] = {"command": "auszug run tal", "corpora": ("tal",), "state": "published", "exit_code": 0,
                             "started": NOON + night * NIGHT, "ended": NOON + night * NIGHT + dt.timedelta(minutes=20)}
    return Entry(**{**plain, **fields}, counts=counts)


def failed(night: int, message: str = "no answer after 15 s", **fields: Any) -> Entry:
    return entry(night, state="failed", exit_code=2, message=message, **fields)


# ---------------------------------------------------------------------------- what is told


@pytest.mark.parametrize(("nights", "told"), [
    ([entry(0), entry(1)], [None, None]),
    # a failure is told once, however its numbers differ; then that it works again
    ([failed(0), failed(1, "no answer after 17 s"), entry(2), entry(3)], ["failed", None, "recovered", None]),
    ([failed(0), failed(1, "robots.txt forbids it")], ["failed", "failed"]),
    # but it is not forgotten
    ([failed(night) for night in range(9)], ["failed", *[None] * 6, "failed", None]),
    # errors: the new ones; those that are known are silent; nothing is well before they are gone
    ([entry(0, exit_code=1, counts={"new_errors": 2}), entry(1, counts={"known_errors": 2}),
      entry(2, exit_code=1, counts={"new_errors": 1, "known_errors": 2}), entry(3, counts={"known_errors": 3}), entry(4)],
     ["errors", None, "errors", None, "recovered"]),
    # one site of several that fails
    ([entry(0, exit_code=1, failed_sites=("berg: no answer after 15 s",)), entry(1, failed_sites=("berg: no answer after 9 s",)),
      entry(2)], ["errors", None, "recovered"]),
    ([entry(0, exit_code=1, failed_sites=("berg: gate",)), entry(1, exit_code=1, failed_sites=("berg: gate", "au: gate"))],
     ["errors", "errors"]),
    # killed, and well again with errors that are known
    ([entry(0, state="killed", exit_code=2, message="killed"), entry(1, counts={"known_errors": 1}), entry(2)],
     ["killed", "recovered", "recovered"]),
    # the same batch is told of once (by itself, and by the schedule after it)
    ([failed(0), failed(0)], ["failed", None]),
])
def test_what_is_told_and_when(nights: list[Entry], told: list[str | None]) -> None:
    state, found = Told(), []
    for one in nights:
        alert, state = decide(one, state, one.ended)
        found.append(None if alert is None else alert.kind)
    assert found == told


def test_an_alert_says_what_is_wrong_where_and_since_when() -> None:
    alert, _ = decide(entry(0, exit_code=1, counts={"new_errors": 2, "known_errors": 1, "statements": 326},
                            failed_sites=("berg: die Seite antwortet nicht",)), Told(), NOON)
    assert alert is not None
    assert alert.subject == "auszug: 2 new errors (tal)"
    for words in ("berg: die Seite antwortet nicht", "2 new, 1 known", "326 statements", "auszug run tal",
                  "2026-04-01 12:00:00 UTC", "auszug status"):
        assert words in alert.text
    sent = json.loads(alert.payload())
    assert (sent["kind"], sent["exit_code"], sent["corpora"], sent["counts"]["new_errors"]) == ("errors", 1, ["tal"], 2)
    assert sent["text"] == alert.text, "what chat programs show"


class Recording:
    """A channel that keeps what it is given, or fails."""

    key = "recording"

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.broken = False

    def send(self, *, subject: str, text: str, payload: bytes) -> None:
        if self.broken:
            raise ChannelFailed("out of order")
        self.sent.append(subject)


def test_what_did_not_go_out_is_told_the_next_time(tmp_path: Path) -> None:
    channel = Recording()
    channel.broken = True
    assert tell([failed(0)], [channel], tmp_path, clock=Clock()) == 0
    channel.broken = False
    assert tell([failed(0)], [channel], tmp_path, clock=Clock()) == 1, "the same batch again, as the schedule's alert unit does"
    assert tell([failed(0)], [channel], tmp_path, clock=Clock()) == 0
    assert channel.sent == ["auszug: nothing was published (tal)"]


def test_each_channel_has_its_own_memory(tmp_path: Path) -> None:
    one, other = Recording(), Recording()
    other.key = "other"
    tell([failed(0)], [one], tmp_path, clock=Clock())
    tell([failed(1)], [one, other], tmp_path, clock=Clock())
    assert (len(one.sent), len(other.sent)) == (1, 1)


def test_alerts_that_cannot_be_noted_or_read_harm_nothing(tmp_path: Path) -> None:
    (tmp_path / alerts.ALERTS_FILE).write_text("{")
    channel = Recording()
    assert tell([failed(0)], [channel], tmp_path, clock=Clock()) == 1
    (tmp_path / "file").write_text("")
    assert tell([failed(0)], [channel], tmp_path / "file", clock=Clock()) == 1


# ---------------------------------------------------------------------------- the webhook


class Hook:
    """A server that keeps what is posted to it."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, dict[str, str]]] = []
        self.posts: list[tuple[str, dict[str, str], bytes]] = []
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
                hook.posts.append((self.path, dict(self.headers), body))
                status, headers = hook.answers.pop(0) if hook.answers else (204, {})
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Nothing is printed."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/services/T0P53CR3T"


@pytest.fixture
def hook() -> Iterator[Hook]:
    found = Hook()
    thread = threading.Thread(target=found.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield found
    found.server.shutdown()
    thread.join()
    found.server.server_close()


def post(setting: str, folder: Path, environment: dict[str, str] | None = None) -> list[float]:
    slept: list[float] = []
    Webhook(setting, folder=folder, clock=Clock(), sleep=slept.append, environment=environment or {}).send(
        subject="s", text="t", payload=b'{"kind": "failed"}')
    return slept


def test_the_webhook_gets_json(tmp_path: Path, hook: Hook) -> None:
    assert post("env:HOOK", tmp_path, {"HOOK": hook.url}) == []
    (tmp_path / "hook.txt").write_text(f"{hook.url}\n")
    post("file:hook.txt", tmp_path)
    [(path, headers, body), (again, _, _)] = hook.posts
    assert path == again == "/services/T0P53CR3T"
    assert headers["Content-Type"] == "application/json"
    assert body == b'{"kind": "failed"}'


def test_three_tries_where_that_may_help(tmp_path: Path, hook: Hook) -> None:
    hook.answers = [(500, {}), (429, {}), (200, {})]
    assert post(hook.url, tmp_path) == list(channels.PAUSES)
    hook.answers = [(503, {})] * 3
    with pytest.raises(ChannelFailed, match="answers 503"):
        post(hook.url, tmp_path)
    hook.answers = [(404, {})]
    with pytest.raises(ChannelFailed, match="answers 404"):
        post(hook.url, tmp_path)
    assert len(hook.posts) == 7


def test_a_redirect_is_not_followed(tmp_path: Path, hook: Hook) -> None:
    hook.answers = [(307, {"Location": f"{hook.url}/elsewhere"})]
    with pytest.raises(ChannelFailed, match="answers 307"):
        post(hook.url, tmp_path)
    assert len(hook.posts) == 1


@pytest.mark.parametrize(("setting", "environment", "words"), [
    ("env:HOOK", {}, "the variable HOOK"),
    ("env:HOOK", {"HOOK": "http://chat.example.org/T0P53CR3T"}, "not encrypted"),
    ("env:HOOK", {"HOOK": "T0P53CR3T"}, "no web address"),
    ("env:HOOK", {"HOOK": "http://127.0.0.1:1/T0P53CR3T"}, "cannot be reached"),
    ("file:none.txt", {}, "cannot be read"),
])
def test_no_message_repeats_the_secret(tmp_path: Path, setting: str, environment: dict[str, str], words: str) -> None:
    with pytest.raises(ChannelFailed, match=words) as failure:
        post(setting, tmp_path, environment)
    assert "T0P53CR3T" not in str(failure.value)


@pytest.mark.parametrize(("setting", "objection"), [
    ("https://chat.example.org/hooks/auszug", None), ("env:AUSZUG_WEBHOOK", None), ("file:webhook.txt", None),
    ("http://localhost:8080/x", None), ("http://[::1]/x", None), ("http://chat.example.org/x", "is not encrypted"),
    ("ftp://chat.example.org/x", "is no web address"), ("chat.example.org", "is no web address"),
    ("https://user:word@chat.example.org/", "holds a password"), ("https://chat.example.org/?token=1", "holds a password"),
    ("env:", "names no variable"), ("env:A B", "names no variable"), ("file:", "names no file"), ("https://[x/", "is no web address"),
])
def test_addresses_of_webhooks(setting: str, objection: str | None) -> None:
    found = webhook_objection(setting)
    assert (found or "").startswith(objection or "")
    assert (found is None) == (objection is None)


@pytest.mark.parametrize(("line", "words"), [
    ('webhook = "https://chat.example.org/?key=T0P53CR3T"', "'webhook' in [run] holds a password or a token"),
    ('webhook = "http://chat.example.org/"', "is not encrypted"),
    ('mail_command = "sendmail \'-t"', "'mail_command' in [run] is no command"),
    ('mail_to = "a@example.org\\nBcc: b@example.org"', "'mail_to' in [run] is no mail address"),
    ('mail_to = "a@example.org, b@example.org"', "'mail_to' in [run] is no mail address"),
])
def test_wrong_settings(tmp_path: Path, line: str, words: str) -> None:
    with pytest.raises(ConfigError) as error:
        load_corpus(tal(tmp_path, run_table=line))
    assert words in str(error.value)
    assert "corpus.toml:9" in str(error.value)
    assert "T0P53CR3T" not in str(error.value)


# ---------------------------------------------------------------------------- mail


def test_the_mail_command_gets_a_whole_message_and_no_shell(tmp_path: Path) -> None:
    kept = tmp_path / "mail.eml"
    script = tmp_path / "send mail.py"
    script.write_text(f"import sys\nfrom pathlib import Path\nPath({str(kept)!r}).write_bytes(sys.stdin.buffer.read() + repr(sys.argv[1:]).encode())\n")
    mail = MailCommand(f"{sys.executable} '{script}' -t '; touch x'", to="betrieb@example.org", clock=Clock())
    mail.send(subject="auszug: 2 new errors (Köln)\nBcc: evil@example.org", text="Zeile eins: größer\n.\n\x1b[31mrot\n", payload=b"{}")
    raw, _, arguments = kept.read_bytes().rpartition(b"[")
    assert arguments == b"'-t', '; touch x']"
    assert not (tmp_path / "x").exists()
    assert raw.isascii(), "for every relay"
    found = email.message_from_bytes(raw, policy=email.policy.default)
    assert found["To"] == "betrieb@example.org"
    assert found["Bcc"] is None
    assert found["Subject"] == "auszug: 2 new errors (Köln) Bcc: evil@example.org"
    assert found["Auto-Submitted"] == "auto-generated"
    body = found.get_content()  # type: ignore[attr-defined]
    assert "Zeile eins: größer" in body
    assert "\x1b" not in body


@pytest.mark.parametrize(("command", "words"), [
    ("/no/such/sendmail -t", "cannot be run"),
    (f"{sys.executable} -c 'import sys; sys.exit(\"no such\\nrelay\")'", "ends with 1: no such relay"),
])
def test_a_mail_command_that_fails(command: str, words: str) -> None:
    with pytest.raises(ChannelFailed, match=words):
        MailCommand(command, to="", clock=Clock()).send(subject="s", text="t", payload=b"{}")


def test_a_mail_command_that_hangs() -> None:
    def hang(argv: list[str], **options: Any) -> subprocess.CompletedProcess[bytes]:
        raise subprocess.TimeoutExpired(argv, options["timeout"])

    with pytest.raises(ChannelFailed, match="takes longer than 30 s"):
        MailCommand("sendmail -t", to="", clock=Clock(), run=hang).send(subject="s", text="t", payload=b"{}")


@pytest.mark.parametrize(("contact", "mail_to", "addressee"), [
    ("mailto:kontakt@example.org", "", "kontakt@example.org"), ("https://example.org/kontakt", "", ""),
    ("mailto:kontakt@example.org", "betrieb@example.org", "betrieb@example.org"),
])
def test_whom_alerts_are_mailed_to(tmp_path: Path, contact: str, mail_to: str, addressee: str) -> None:
    place = tmp_path / "berg"
    place.mkdir()
    (place / "corpus.toml").write_text(
        f'[corpus]\nname = "berg"\ntitle = "Berg"\n[source]\nurl = "https://berg.example/"\ncontact = "{contact}"\n'
        f'[run]\nmail_command = "sendmail -t"\nmail_to = "{mail_to}"\n')
    given: list[bytes] = []

    def run(_argv: list[str], **options: Any) -> subprocess.CompletedProcess[bytes]:
        given.append(options["input"])
        return subprocess.CompletedProcess([], 0, b"", b"")

    [mail] = alerts.channels_of([load_corpus(place)], clock=Clock())
    assert isinstance(mail, MailCommand)
    mail._run = run
    mail.send(subject="s", text="t", payload=b"{}")
    assert email.message_from_bytes(given[0], policy=email.policy.default).get("To", "") == addressee


# ---------------------------------------------------------------------------- batches that tell


def run_tal(folder: Path, clock: Clock) -> batch.Summary:
    return batch.run([load_corpus(folder / "corpora" / "tal")], offline=True, target=folder / "corpora" / "auszug.duckdb",
                     work_path=folder / "corpora" / ".auszug" / "work.duckdb", clock=clock, command="auszug run tal")


def test_a_batch_tells_of_its_errors_of_failures_and_that_all_is_well(tmp_path: Path, hook: Hook) -> None:
    place = tal(tmp_path, run_table=f'webhook = "{hook.url}"')
    clock = Clock()

    def told() -> list[str]:
        kinds = [json.loads(body)["kind"] for _, _, body in hook.posts]
        hook.posts.clear()
        return kinds

    run_tal(tmp_path, clock)
    assert told() == []
    (place / "bad.txt").write_text("nichts")
    assert run_tal(tmp_path, clock).exit_code == 1
    assert told() == ["errors"]
    assert run_tal(tmp_path, clock).exit_code == 0, "it is known now"
    assert told() == []
    (place / "bad.txt").unlink()
    run_tal(tmp_path, clock)
    assert told() == ["recovered"]
    (place / "0.txt").write_text("nichts")
    for kinds in (["failed"], []):
        with pytest.raises(ArchiveError):
            run_tal(tmp_path, clock)
        assert told() == kinds
    (place / "0.txt").write_text(PAGE)
    run_tal(tmp_path, clock)
    assert told() == ["recovered"]


def test_a_webhook_that_fails_never_fails_a_batch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hook: Hook) -> None:
    monkeypatch.setattr(channels, "PAUSES", (0.0, 0.0))
    place = tal(tmp_path, run_table=f'webhook = "{hook.url}"')
    (place / "bad.txt").write_text("nichts")
    hook.answers = [(500, {})] * 3
    assert run_tal(tmp_path, Clock()).exit_code == 1
    assert len(hook.posts) == 3


def test_status_alert_tells_of_a_batch_that_was_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hook: Hook
) -> None:
    monkeypatch.chdir(tmp_path)
    tal(tmp_path, run_table=f'webhook = "{hook.url}"')
    state = tmp_path / "corpora" / ".auszug"
    with RunLock(state, command="auszug run tal", corpora=("tal",), clock=Clock()):
        at_work = (state / "run.lock").read_bytes()
    (state / "run.lock").write_bytes(at_work)  # as a kill leaves it
    for sent in (1, 0):
        told = CliRunner().invoke(app, ["status", "--alert"])
        assert (told.exit_code, told.stderr) == (0, f"alerts sent: {sent}\n")
    run_tal(tmp_path, Clock())
    assert [json.loads(body)["kind"] for _, _, body in hook.posts] == ["killed", "recovered"]


@pytest.mark.parametrize(("told", "last", "kind"), [
    ({"MONITOR_SERVICE_RESULT": "exit-code", "MONITOR_EXIT_CODE": "exited", "MONITOR_EXIT_STATUS": "203"}, entry(), "failed"),
    ({"MONITOR_SERVICE_RESULT": "exit-code", "MONITOR_EXIT_CODE": "exited", "MONITOR_EXIT_STATUS": "2"}, None, "failed"),
    ({"MONITOR_SERVICE_RESULT": "exit-code", "MONITOR_EXIT_CODE": "exited", "MONITOR_EXIT_STATUS": "1"}, entry(), None),
    ({"MONITOR_SERVICE_RESULT": "exit-code", "MONITOR_EXIT_CODE": "exited", "MONITOR_EXIT_STATUS": "2"}, failed(0), None),
    ({"MONITOR_SERVICE_RESULT": "success", "MONITOR_EXIT_CODE": "exited", "MONITOR_EXIT_STATUS": "0"}, entry(), None),
    ({}, entry(), None),
])
def test_a_unit_that_failed_before_it_could_note_anything(told: dict[str, str], last: Entry | None, kind: str | None) -> None:
    found = alerts.unit_failure({"MONITOR_UNIT": "auszug-tal.service", **told}, last, NOON)
    assert (None if found is None else found.state) == kind
    assert found is None or "auszug-tal.service failed" in (found.message or "")


def test_an_unattended_batch_that_cannot_begin_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hook: Hook) -> None:
    monkeypatch.chdir(tmp_path)
    tal(tmp_path, run_table=f'webhook = "{hook.url}"')
    assert CliRunner().invoke(app, ["run", "tal", "weg", "--offline"]).exit_code == 2
    assert not (tmp_path / "corpora" / ".auszug").exists(), "somebody who mistypes a name sees it himself"
    monkeypatch.setenv("AUSZUG_UNATTENDED", "1")
    (tmp_path / "corpora" / "weg").mkdir()
    (tmp_path / "corpora" / "weg" / "corpus.toml").write_text("[corpus\n")
    assert CliRunner().invoke(app, ["run", "tal", "weg", "--offline"]).exit_code == 2
    [(_, _, body)] = hook.posts
    assert "not valid TOML" in json.loads(body)["message"]
    assert journal.read(tmp_path / "corpora" / ".auszug")[-1].state == "failed"


# ---------------------------------------------------------------------------- status --json


def state_of(folder: Path, *, now: dt.datetime = NOON) -> Monitor:
    return monitor(target=folder / "corpora" / "auszug.duckdb", state_folder=folder / "corpora" / ".auszug",
                   corpora_folder=folder / "corpora", now=now)


def test_the_state_without_a_database(tmp_path: Path) -> None:
    found = state_of(tmp_path)
    assert (found.exit_code, found.last_run, found.last_good_run_age_seconds, found.corpora) == (2, None, None, ())
    assert "there is no database" in (found.message or "")


def test_the_state_of_a_good_run_and_of_one_that_failed_after_it(tmp_path: Path) -> None:
    place = tal(tmp_path)
    run_tal(tmp_path, Clock())
    [done] = journal.read(tmp_path / "corpora" / ".auszug")
    found = state_of(tmp_path, now=done.ended + dt.timedelta(hours=2))
    assert (found.exit_code, found.message, found.last_good_run_age_seconds) == (0, None, 7200.0)
    [corpus] = found.corpora
    assert (corpus.corpus, corpus.items, corpus.last_fetched is not None) == ("tal", 1, True)
    assert found.database.bytes == (tmp_path / "corpora" / "auszug.duckdb").stat().st_size
    (place / "0.txt").write_text("nichts")
    with pytest.raises(ArchiveError):
        run_tal(tmp_path, Clock(start=NOON + NIGHT))
    found = state_of(tmp_path, now=done.ended + NIGHT)
    assert found.exit_code == 2
    assert "published nothing" in (found.message or "")
    assert found.last_good_run == done.ended
    assert found.last_run is not None
    assert (found.last_run.state, found.last_run.exit_code) == ("failed", 2)


def test_the_state_while_a_run_goes_on_and_after_it_was_killed(tmp_path: Path) -> None:
    tal(tmp_path)
    run_tal(tmp_path, Clock())
    state = tmp_path / "corpora" / ".auszug"
    with RunLock(state, command="auszug run tal", clock=lambda: NOON):
        found = state_of(tmp_path, now=NOON + dt.timedelta(seconds=90))
        at_work = (state / "run.lock").read_bytes()
    assert found.running is not None
    assert (found.exit_code, found.running.seconds) == (0, 90.0)
    (state / "run.lock").write_bytes(at_work)
    found = state_of(tmp_path)
    assert (found.exit_code, found.running) == (2, None)
    assert found.last_run is not None
    assert found.last_run.state == "killed"


@pytest.mark.parametrize(("before", "last", "unusual"), [
    ([12, 14, 13], 13, False), ([12, 14, 13], 0, True), ([12, 14, 13], 60, True), ([1, 0, 2], 7, False),
    ([12, 14], 90, False), ([0, 0, 0, 0], 4000, True),
])
def test_counts_against_the_usual(tmp_path: Path, before: list[int], last: int, unusual: bool) -> None:
    state = tmp_path / "corpora" / ".auszug"
    journal.append(state, entry(0, corpora=("berg",), counts={"items": 9000}))  # something else
    for night, count in enumerate([*before, last]):
        journal.append(state, entry(night, counts={"items": count}))
    journal.append(state, failed(40))  # counts nothing
    found = state_of(tmp_path)
    [row] = [row for row in found.usual if row.count == "items"]
    assert (row.unusual, found.unusual, row.runs) == (unusual, unusual, len(before))


def test_json_has_the_fields_that_are_promised(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    tal(tmp_path)
    run_tal(tmp_path, Clock())
    told = CliRunner().invoke(app, ["status", "--json"])
    assert told.exit_code == 0
    [line] = told.stdout.splitlines()
    found = json.loads(line)
    assert set(found) >= {"format", "time", "exit_code", "message", "last_good_run", "last_good_run_age_seconds", "last_run",
                          "running", "problems", "unusual", "usual", "database", "corpora"}
    assert set(found["last_run"]) >= {"state", "exit_code", "message", "started", "ended", "seconds", "counts"}
    assert set(found["problems"]) == {"errors", "warnings", "new_errors"}


def test_the_state_of_a_large_database_is_quick(tmp_path: Path) -> None:
    tal(tmp_path)
    run_tal(tmp_path, Clock())
    path = tmp_path / "corpora" / "auszug.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("""INSERT INTO statement BY NAME SELECT s.* REPLACE (s.statement_id || '-' || n AS statement_id)
            FROM (SELECT * FROM statement LIMIT 1) AS s, range(200000) AS r(n)""")
    seconds = []
    for _ in range(3):
        begin = time.process_time()  # of all threads: DuckDB has its own
        found = state_of(tmp_path)
        seconds.append(time.process_time() - begin)
        assert found.corpora[0].statements is not None
        assert found.corpora[0].statements > 200_000
    assert min(seconds) < 1, "it takes 0.04 s of CPU time"
