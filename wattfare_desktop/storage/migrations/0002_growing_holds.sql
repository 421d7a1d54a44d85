-- Holds that grow: a call's hold is the sum of its pending transfers, and counts where it began.

CREATE TRIGGER calls_grow AFTER UPDATE OF hold ON calls
WHEN NEW.status = 'running' AND OLD.status = 'running'
BEGIN
    UPDATE windows SET held = held + NEW.hold - OLD.hold
    WHERE id IN (SELECT window_id FROM call_windows WHERE call_seq = NEW.seq);
END;

CREATE TRIGGER calls_never_shrink BEFORE UPDATE OF hold ON calls
WHEN NEW.hold < OLD.hold OR OLD.status <> 'running'
BEGIN SELECT RAISE(ABORT, 'a hold only grows, and only while its call runs'); END;
