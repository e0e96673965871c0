-- +goose Up
-- By which program the records were made: another one may read texts otherwise, so it makes its own.
CREATE TABLE maker (
    stamp TEXT NOT NULL
) STRICT;

-- Where the words of a commit's text come from, over what is told of the commit it stands on; null where it stands alone.
CREATE TABLE word_record (
    resolution TEXT NOT NULL,
    hash       TEXT NOT NULL,
    stands_on  TEXT,
    depth      INTEGER NOT NULL,
    record     BLOB NOT NULL,
    PRIMARY KEY (resolution, hash)
) STRICT;

CREATE INDEX word_record_depth ON word_record (resolution, hash, depth);
