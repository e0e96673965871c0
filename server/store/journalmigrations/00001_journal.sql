-- +goose Up
-- A room is one draft edited live.
CREATE TABLE room (
    id   INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;

-- A hand is one editor in a room: the ID its updates bear, and the person at it.
CREATE TABLE hand (
    id     INTEGER PRIMARY KEY,
    room   INTEGER NOT NULL REFERENCES room (id),
    client TEXT NOT NULL,
    person TEXT NOT NULL,
    UNIQUE (room, client, person)
) STRICT;

-- Every accepted update, for the whole life of the branch. version is that of the text
-- after it; at is in milliseconds since 1970; changes is a change set in its JSON form.
CREATE TABLE entry (
    room    INTEGER NOT NULL REFERENCES room (id),
    version INTEGER NOT NULL,
    hand    INTEGER NOT NULL REFERENCES hand (id),
    at      INTEGER NOT NULL,
    changes TEXT NOT NULL,
    PRIMARY KEY (room, version)
) STRICT, WITHOUT ROWID;

-- The text of each room at its last commit. planned is a later version that was about to
-- be saved, or 0.
CREATE TABLE snapshot (
    room    INTEGER PRIMARY KEY REFERENCES room (id),
    version INTEGER NOT NULL,
    planned INTEGER NOT NULL,
    live    TEXT NOT NULL,
    hash    TEXT NOT NULL,
    at      INTEGER NOT NULL
) STRICT;

-- The version that each commit holds.
CREATE TABLE saved (
    room    INTEGER NOT NULL REFERENCES room (id),
    version INTEGER NOT NULL,
    hash    TEXT NOT NULL,
    at      INTEGER NOT NULL,
    PRIMARY KEY (room, version, hash)
) STRICT, WITHOUT ROWID;
