-- +goose Up
-- What a delegation calls its proposal until a document number is issued; empty: the name of its branch.
ALTER TABLE proposal ADD COLUMN working_name TEXT NOT NULL DEFAULT '';
