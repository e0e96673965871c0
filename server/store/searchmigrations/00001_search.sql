-- +goose Up
-- What is indexed of a text, and of which commits it was made: when they move, it is made again.
CREATE TABLE text (
    id         INTEGER PRIMARY KEY,
    resolution TEXT NOT NULL,
    version    TEXT NOT NULL,
    stamp      TEXT NOT NULL,
    UNIQUE (resolution, version)
) STRICT;

-- The clauses of a text have the rowids that begin with its id: id * 2^20 + place.
CREATE VIRTUAL TABLE clause USING fts5 (
    words,
    name UNINDEXED,
    link UNINDEXED,
    prefix = '2 3',
    tokenize = 'unicode61 remove_diacritics 2'
);
