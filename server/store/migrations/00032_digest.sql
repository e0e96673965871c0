-- +goose Up
-- Digests of comments by e-mail: who wants none, and up to which comment the last one told.
CREATE TABLE digest (
    person INTEGER PRIMARY KEY REFERENCES person (id),
    off    INTEGER NOT NULL DEFAULT 0 CHECK (off IN (0, 1)),
    upto   INTEGER NOT NULL DEFAULT 0
) STRICT;
