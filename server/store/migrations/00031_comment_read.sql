-- +goose Up
-- How far a person has read a thread of comments.
CREATE TABLE comment_read (
    person INTEGER NOT NULL REFERENCES person (id),
    thread INTEGER NOT NULL REFERENCES comment (id),
    upto   INTEGER NOT NULL, -- the last comment read
    PRIMARY KEY (person, thread)
) STRICT, WITHOUT ROWID;
