-- The index of a corpus's archive: what was asked, when, with which result, and when it is due again.
-- It can be rebuilt from the archive at any time; nothing is only here.

CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

-- one row a page; address is canonical (one for each page, without session state)
CREATE TABLE IF NOT EXISTS address (
  address      TEXT PRIMARY KEY,
  kind         TEXT NOT NULL,
  number       INTEGER,          -- the ALLRIS number of what the page shows
  meeting      INTEGER,          -- SILFDNR of the meeting that it belongs to
  date         TEXT,             -- that meeting's day; of a paper, the latest one
  month        TEXT,             -- of a meeting: the calendar month that lists it
  organization TEXT,             -- of a meeting: the committee, as the calendar or the agenda says
  organization_id INTEGER,
  organization_kind TEXT,        -- GR, AU, PA or FR
  title        TEXT,
  listed       INTEGER NOT NULL DEFAULT 0,  -- of a meeting: 1 where a list of a wanted committee names it
  found        TEXT NOT NULL,    -- when it was first linked
  fetched      TEXT,             -- last answer of any kind
  status       INTEGER,
  outcome      TEXT,
  payload_hash TEXT,             -- of the last good answer
  content_hash TEXT,
  record_id    TEXT,             -- WARC record that holds that payload
  record_date  TEXT,
  etag         TEXT,
  modified     TEXT,             -- Last-Modified, as sent
  changed      TEXT,             -- when the content hash last changed
  versions     INTEGER NOT NULL DEFAULT 0,
  has_text     INTEGER NOT NULL DEFAULT 0,
  failures     INTEGER NOT NULL DEFAULT 0,  -- runs in a row without a usable answer
  failed_run   TEXT,             -- the last of them
  missed       INTEGER NOT NULL DEFAULT 0,  -- runs in a row in which it was gone or no longer linked
  missed_run   TEXT,             -- the last of them
  gone         TEXT,             -- since when it counts as gone (missed twice)
  due          TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS address_due ON address (kind, due);
CREATE INDEX IF NOT EXISTS address_meeting ON address (meeting, kind);
CREATE INDEX IF NOT EXISTS address_month ON address (month);

-- which agenda names which paper (a paper belongs to several meetings)
CREATE TABLE IF NOT EXISTS leads_to (
  meeting INTEGER NOT NULL,
  address TEXT NOT NULL,
  PRIMARY KEY (meeting, address)
) WITHOUT ROWID;

-- the committees that the site's lists show
CREATE TABLE IF NOT EXISTS committee (
  address TEXT NOT NULL,         -- the list
  kind    TEXT NOT NULL,         -- GR, AU, PA or FR
  number  INTEGER NOT NULL,
  name    TEXT NOT NULL,
  PRIMARY KEY (address, kind, number)
) WITHOUT ROWID;

-- one row an answer (or the lack of one), in the order of the archive
CREATE TABLE IF NOT EXISTS fetch (
  id           INTEGER PRIMARY KEY,
  run          TEXT NOT NULL,
  address      TEXT NOT NULL,
  fetched      TEXT NOT NULL,
  status       INTEGER,
  outcome      TEXT NOT NULL,
  result       TEXT NOT NULL,    -- new, changed, unchanged, or empty
  payload_hash TEXT,
  content_hash TEXT,
  warc_file    TEXT,
  record_id    TEXT,
  bytes        INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS fetch_address ON fetch (address, id);
CREATE INDEX IF NOT EXISTS fetch_run ON fetch (run);

CREATE TABLE IF NOT EXISTS run (
  run     TEXT PRIMARY KEY,
  started TEXT NOT NULL,
  stop    TEXT,                  -- why the site told us to stop: gate, too_many_requests
  resumed INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;

-- what OParl says about agenda items, by TOLFDNR
CREATE TABLE IF NOT EXISTS oparl_item (
  tolfdnr INTEGER PRIMARY KEY,
  silfdnr INTEGER,
  number  TEXT,
  title   TEXT,
  public  INTEGER,
  result  TEXT
);
CREATE INDEX IF NOT EXISTS oparl_item_meeting ON oparl_item (silfdnr);

-- the lists that an OParl page leads to (JSON), for runs in which the page itself is not due
CREATE TABLE IF NOT EXISTS oparl_page (address TEXT PRIMARY KEY, links TEXT NOT NULL) WITHOUT ROWID;
