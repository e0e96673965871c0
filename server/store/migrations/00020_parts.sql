-- +goose Up
-- What a merge leaves of a proposal it takes: changes of the submission, by their keys, or phrases of them. They stay
-- on record once the merge is done, because what is left of a proposal goes on being proposed.
CREATE TABLE left_out (
    merging  INTEGER NOT NULL REFERENCES merging (id),
    proposal INTEGER NOT NULL,
    n        INTEGER NOT NULL,
    key      TEXT    NOT NULL CHECK (key <> ''),
    person   INTEGER NOT NULL REFERENCES person (id),
    at       INTEGER NOT NULL,
    PRIMARY KEY (merging, proposal, n, key),
    FOREIGN KEY (proposal, n) REFERENCES submission (proposal, n)
) STRICT, WITHOUT ROWID;

-- Who agrees to which words of a bracket. A question is named by its words, so that it ends with them.
CREATE TABLE agreement (
    resolution TEXT    NOT NULL REFERENCES resolution (slug),
    question   TEXT    NOT NULL CHECK (question <> ''),
    circle     TEXT    NOT NULL REFERENCES circle (code),
    answer     INTEGER NOT NULL CHECK (answer >= 0), -- which of the wordings; past the last: none of them
    person     INTEGER NOT NULL REFERENCES person (id),
    at         INTEGER NOT NULL,
    PRIMARY KEY (resolution, question, circle)
) STRICT, WITHOUT ROWID;
