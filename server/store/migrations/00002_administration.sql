-- +goose Up
-- Families of browsers are kept so that people recognise their own sessions: "Firefox on Linux".
ALTER TABLE session ADD COLUMN browser TEXT NOT NULL DEFAULT '';

-- The time zone in which the deadline is said, by its IANA name.
ALTER TABLE assembly ADD COLUMN zone TEXT NOT NULL DEFAULT 'UTC' CHECK (zone <> '');

-- A one-time link is found by the SHA-256 of its secret, and gone once it was used. A person has one at most.
CREATE TABLE invitation (
    hash    BLOB    NOT NULL PRIMARY KEY CHECK (length(hash) = 32),
    person  INTEGER UNIQUE REFERENCES person (id) ON DELETE CASCADE, -- NULL: whoever makes the first account
    created INTEGER NOT NULL,
    expires INTEGER NOT NULL
) STRICT;

-- More time to submit for one delegation, for all it submits or for its text on one resolution. Ended, never removed.
CREATE TABLE extension (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    circle     TEXT    NOT NULL REFERENCES circle (code),
    resolution TEXT    REFERENCES resolution (slug), -- NULL: all of them
    until      INTEGER NOT NULL,
    reason     TEXT    NOT NULL CHECK (reason <> ''),
    given      INTEGER NOT NULL,
    given_by   INTEGER NOT NULL,
    ended      INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Who did what, when, from where. Names are as they were then; person 0 is nobody signed in, -1 the console.
CREATE TABLE audit (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    at      INTEGER NOT NULL,
    person  INTEGER NOT NULL,
    name    TEXT    NOT NULL,
    circle  TEXT    NOT NULL,
    act     TEXT    NOT NULL CHECK (act <> ''),
    subject TEXT    NOT NULL,
    detail  TEXT    NOT NULL,
    address TEXT    NOT NULL
) STRICT;
CREATE INDEX audit_person ON audit (person, id);
CREATE INDEX audit_act ON audit (act, id);

-- +goose StatementBegin
CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit
BEGIN
    SELECT RAISE(ABORT, 'the audit log is never changed');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER audit_is_never_removed BEFORE DELETE ON audit
BEGIN
    SELECT RAISE(ABORT, 'the audit log is never shortened');
END;
-- +goose StatementEnd
