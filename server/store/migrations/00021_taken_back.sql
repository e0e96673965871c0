-- +goose Up
-- A merge that was taken back, and the commit that takes its words out of the revised text.
ALTER TABLE merging ADD COLUMN taken_back INTEGER NOT NULL DEFAULT 0;
ALTER TABLE merging ADD COLUMN taken_back_commit TEXT NOT NULL DEFAULT '';
