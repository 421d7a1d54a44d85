-- What limits come to is written into the chain as well, and that the books were doubted. Which
-- kinds of note there are is for `core.ledger.chain.NoteKind` to say.

CREATE TABLE notes_of_every_kind (
    seq INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind <> ''),
    content TEXT NOT NULL,
    at INTEGER NOT NULL,
    mac BLOB NOT NULL
) STRICT;

INSERT INTO notes_of_every_kind (seq, kind, content, at, mac)
SELECT seq, kind, content, at, mac FROM chain_notes;

DROP TABLE chain_notes;

ALTER TABLE notes_of_every_kind RENAME TO chain_notes;

-- The few notes that are looked for by their kind, among many of limits.
CREATE INDEX chain_notes_of_kind ON chain_notes (kind, seq);

CREATE TRIGGER chain_notes_are_immutable BEFORE UPDATE ON chain_notes
BEGIN SELECT RAISE(ABORT, 'a note in the chain never changes'); END;

CREATE TRIGGER chain_notes_are_kept BEFORE DELETE ON chain_notes
BEGIN SELECT RAISE(ABORT, 'a note in the chain is never deleted'); END;
