-- +goose Up
-- Files that were sent to be imported, as they came: kept until somebody decides or discards them, and afterwards as
-- the original of what they became. Without a resolution it is to be an adopted text.
CREATE TABLE received (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    resolution TEXT    NOT NULL,
    circle     TEXT    NOT NULL,
    person     INTEGER NOT NULL REFERENCES person (id),
    name       TEXT    NOT NULL CHECK (name <> ''),
    size       INTEGER NOT NULL CHECK (size > 0),
    at         INTEGER NOT NULL
) STRICT;
CREATE INDEX received_for ON received (resolution, circle, id);

-- Beside the table of files, so that listing them reads no file.
CREATE TABLE received_file (
    received INTEGER PRIMARY KEY REFERENCES received (id) ON DELETE CASCADE,
    content  BLOB NOT NULL
) STRICT;

-- What a part of a file became: the draft that was begun with its nth proposal, or the resolution that was opened.
CREATE TABLE received_outcome (
    received INTEGER NOT NULL REFERENCES received (id) ON DELETE CASCADE,
    part     INTEGER NOT NULL CHECK (part >= 0),
    became   TEXT    NOT NULL CHECK (became <> ''),
    PRIMARY KEY (received, part)
) STRICT, WITHOUT ROWID;
