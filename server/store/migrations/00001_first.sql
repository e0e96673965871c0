-- +goose Up
-- Times are microseconds since 1970 in UTC; 0 says "not yet" or "none".

CREATE TABLE assembly (
    id       INTEGER PRIMARY KEY CHECK (id = 1),
    code     TEXT    NOT NULL,
    name     TEXT    NOT NULL,
    meeting  TEXT    NOT NULL,
    open     INTEGER NOT NULL CHECK (open IN (0, 1)),
    deadline INTEGER NOT NULL
) STRICT;

CREATE TABLE person (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    login         TEXT    NOT NULL UNIQUE CHECK (login <> '' AND login = lower(login)),
    name          TEXT    NOT NULL CHECK (name <> ''),
    role          TEXT    NOT NULL CHECK (role IN ('delegate', 'chair', 'secretariat', 'observer')),
    password_hash TEXT    NOT NULL,
    disabled      INTEGER NOT NULL DEFAULT 0 CHECK (disabled IN (0, 1))
) STRICT;

CREATE TABLE circle (
    code  TEXT    NOT NULL PRIMARY KEY CHECK (code <> '' AND code = lower(code)),
    label TEXT    NOT NULL CHECK (label <> ''),
    name  TEXT    NOT NULL CHECK (name <> ''),
    kind  TEXT    NOT NULL CHECK (kind IN ('delegation', 'secretariat', 'group')),
    slot  INTEGER NOT NULL UNIQUE CHECK (slot >= 0)
) STRICT;

-- The id keeps the order of joining.
CREATE TABLE membership (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    person INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    circle TEXT    NOT NULL REFERENCES circle (code),
    UNIQUE (person, circle)
) STRICT;

-- A session or a token is found by the SHA-256 of its secret; the secret is kept nowhere.
CREATE TABLE session (
    hash      BLOB    NOT NULL PRIMARY KEY CHECK (length(hash) = 32),
    person    INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    circle    TEXT    NOT NULL, -- acted for; empty: none
    created   INTEGER NOT NULL,
    expires   INTEGER NOT NULL,
    last_used INTEGER NOT NULL
) STRICT;
CREATE INDEX session_person ON session (person);
CREATE INDEX session_expires ON session (expires);

CREATE TABLE token (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    person    INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    hash      BLOB    NOT NULL UNIQUE CHECK (length(hash) = 32),
    name      TEXT    NOT NULL CHECK (name <> ''),
    scope     TEXT    NOT NULL CHECK (scope IN ('read', 'write')),
    created   INTEGER NOT NULL,
    expires   INTEGER NOT NULL,
    last_used INTEGER NOT NULL DEFAULT 0,
    withdrawn INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX token_person ON token (person);

CREATE TABLE resolution (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    slug    TEXT    NOT NULL UNIQUE CHECK (slug <> ''),
    number  TEXT    NOT NULL,
    title   TEXT    NOT NULL,
    edition TEXT    NOT NULL,
    created INTEGER NOT NULL,
    changed INTEGER NOT NULL
) STRICT;

CREATE TABLE proposal (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    resolution   TEXT    NOT NULL REFERENCES resolution (slug),
    circle       TEXT    NOT NULL REFERENCES circle (code),
    name         TEXT    NOT NULL CHECK (name <> ''),
    number       TEXT    NOT NULL,
    status       TEXT    NOT NULL CHECK (status IN ('draft', 'submitted', 'withdrawn', 'merged', 'in part', 'adopted', 'not adopted')),
    base         TEXT    NOT NULL,
    begun        INTEGER NOT NULL,
    begun_by     INTEGER NOT NULL REFERENCES person (id),
    submissions  INTEGER NOT NULL DEFAULT 0 CHECK (submissions >= 0),
    submitted    TEXT    NOT NULL DEFAULT '',
    submitted_at INTEGER NOT NULL DEFAULT 0,
    reason       TEXT    NOT NULL DEFAULT '',
    UNIQUE (resolution, circle, name)
) STRICT;
CREATE UNIQUE INDEX proposal_number ON proposal (number) WHERE number <> '';

CREATE TABLE submission (
    proposal  INTEGER NOT NULL REFERENCES proposal (id),
    n         INTEGER NOT NULL CHECK (n > 0),
    commit_id TEXT    NOT NULL CHECK (commit_id <> ''),
    base      TEXT    NOT NULL,
    at        INTEGER NOT NULL,
    person    INTEGER NOT NULL REFERENCES person (id),
    PRIMARY KEY (proposal, n)
) STRICT, WITHOUT ROWID;

CREATE TABLE merging (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    resolution TEXT    NOT NULL REFERENCES resolution (slug),
    target     TEXT    NOT NULL,
    begun      INTEGER NOT NULL,
    begun_by   INTEGER NOT NULL REFERENCES person (id),
    done       INTEGER NOT NULL DEFAULT 0,
    abandoned  INTEGER NOT NULL DEFAULT 0,
    commit_id  TEXT    NOT NULL DEFAULT '',
    sentence   TEXT    NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX merging_resolution ON merging (resolution);

CREATE TABLE merging_submission (
    merging  INTEGER NOT NULL REFERENCES merging (id),
    position INTEGER NOT NULL,
    proposal INTEGER NOT NULL,
    n        INTEGER NOT NULL,
    PRIMARY KEY (merging, position),
    FOREIGN KEY (proposal, n) REFERENCES submission (proposal, n)
) STRICT, WITHOUT ROWID;

CREATE TABLE decision (
    merging    INTEGER NOT NULL REFERENCES merging (id),
    key        TEXT    NOT NULL CHECK (key <> ''),
    settlement TEXT    NOT NULL CHECK (json_valid(settlement)),
    person     INTEGER NOT NULL REFERENCES person (id),
    at         INTEGER NOT NULL,
    PRIMARY KEY (merging, key)
) STRICT, WITHOUT ROWID;

-- Activity is written once and never changed.
CREATE TABLE activity (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    at           INTEGER NOT NULL,
    resolution   TEXT    NOT NULL REFERENCES resolution (slug),
    draft_circle TEXT    NOT NULL, -- empty: concerns the resolution itself
    draft_name   TEXT    NOT NULL,
    person       INTEGER REFERENCES person (id), -- NULL: the server itself
    circle       TEXT    NOT NULL,
    verb         TEXT    NOT NULL CHECK (verb <> ''),
    detail       TEXT    NOT NULL,
    private      INTEGER NOT NULL CHECK (private IN (0, 1))
) STRICT;
CREATE INDEX activity_resolution ON activity (resolution, id);

-- +goose StatementBegin
CREATE TRIGGER activity_is_never_changed BEFORE UPDATE ON activity
BEGIN
    SELECT RAISE(ABORT, 'activity is never changed');
END;
-- +goose StatementEnd
