-- +goose Up
-- A comment on words of a text. The head of a thread has thread 0; replies name their head.
CREATE TABLE comment (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    resolution  TEXT    NOT NULL REFERENCES resolution (slug),
    text        TEXT    NOT NULL CHECK (text <> ''), -- the version commented: drafts/usa/48a5-1, proposals/..., main
    thread      INTEGER NOT NULL DEFAULT 0,
    clause      TEXT    NOT NULL, -- the link of the clause, as it was named then
    clause_name TEXT    NOT NULL,
    quote       TEXT    NOT NULL, -- the words when they were marked; empty: the whole clause
    audience    TEXT    NOT NULL CHECK (audience IN ('own', 'group', 'all')),
    person      INTEGER NOT NULL REFERENCES person (id),
    circle      TEXT    NOT NULL, -- acted for; empty: none
    at          INTEGER NOT NULL,
    words       TEXT    NOT NULL CHECK (words <> ''),
    resolved    INTEGER NOT NULL DEFAULT 0,
    resolved_by INTEGER REFERENCES person (id)
) STRICT;
CREATE INDEX comment_text ON comment (resolution, text, id);

-- Where the words of a comment are in a live draft.
CREATE TABLE anchor (
    room     TEXT    NOT NULL CHECK (room <> ''),
    id       TEXT    NOT NULL CHECK (id <> ''),
    version  INTEGER NOT NULL,
    start    INTEGER NOT NULL CHECK (start >= 0),
    stop     INTEGER NOT NULL CHECK (stop >= start),
    quote    TEXT    NOT NULL,
    orphaned INTEGER NOT NULL CHECK (orphaned IN (0, 1)),
    PRIMARY KEY (room, id)
) STRICT, WITHOUT ROWID;

-- What a delegation says of one block of a compilation.
CREATE TABLE stance (
    resolution TEXT    NOT NULL REFERENCES resolution (slug),
    block      TEXT    NOT NULL CHECK (block <> ''),
    circle     TEXT    NOT NULL REFERENCES circle (code),
    supports   INTEGER NOT NULL CHECK (supports IN (0, 1)), -- 0: objects
    reason     TEXT    NOT NULL,
    person     INTEGER NOT NULL REFERENCES person (id),
    at         INTEGER NOT NULL,
    PRIMARY KEY (resolution, block, circle)
) STRICT, WITHOUT ROWID;
