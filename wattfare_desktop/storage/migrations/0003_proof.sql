-- The chain over the journal, the grants' events and the wallet's own notes. All three tables share
-- one run of numbers, so that an entry is found by its place without a further index.

ALTER TABLE transfers ADD COLUMN mac BLOB NOT NULL DEFAULT x'';
ALTER TABLE grant_events ADD COLUMN mac BLOB NOT NULL DEFAULT x'';

CREATE TABLE chain_notes (
    seq INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('opened', 'digest', 'accepted')),
    content TEXT NOT NULL,
    at INTEGER NOT NULL,
    mac BLOB NOT NULL
) STRICT;

CREATE TRIGGER chain_notes_are_immutable BEFORE UPDATE ON chain_notes
BEGIN SELECT RAISE(ABORT, 'a note in the chain never changes'); END;

CREATE TRIGGER chain_notes_are_kept BEFORE DELETE ON chain_notes
BEGIN SELECT RAISE(ABORT, 'a note in the chain is never deleted'); END;
