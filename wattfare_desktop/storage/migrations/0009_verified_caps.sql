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

-- It reads the table that goes, and no other table may take its name while it does.
DROP TRIGGER IF EXISTS windows_are_set_aside_openly;

DROP TABLE chain_notes;

ALTER TABLE notes_of_every_kind RENAME TO chain_notes;

-- The few notes that are looked for by their kind, among many of limits.
CREATE INDEX chain_notes_of_kind ON chain_notes (kind, seq);

CREATE TRIGGER chain_notes_are_immutable BEFORE UPDATE ON chain_notes
BEGIN SELECT RAISE(ABORT, 'a note in the chain never changes'); END;

CREATE TRIGGER chain_notes_are_kept BEFORE DELETE ON chain_notes
BEGIN SELECT RAISE(ABORT, 'a note in the chain is never deleted'); END;

CREATE TRIGGER windows_are_set_aside_openly BEFORE UPDATE OF set_aside_at ON windows
WHEN NEW.set_aside_at IS NOT NULL
BEGIN
    SELECT RAISE(ABORT, 'a window is set aside by a note, before its time')
    WHERE NEW.set_aside_at >= NEW.starts_at OR NOT EXISTS (
        SELECT 1 FROM chain_notes WHERE kind = 'windows_reset' AND at = NEW.set_aside_at
    );
    SELECT RAISE(ABORT, 'what a window counts is counted in the one that takes its place')
    WHERE EXISTS (
        SELECT 1 FROM call_windows AS mine
        WHERE mine.window_id = NEW.id AND NOT EXISTS (
            SELECT 1 FROM call_windows AS also JOIN windows AS other ON other.id = also.window_id
            WHERE also.call_seq = mine.call_seq AND other.owner = NEW.owner
                AND other.period = NEW.period AND other.starts_at <= NEW.set_aside_at
        )
    );
END;
