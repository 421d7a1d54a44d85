-- What apps did that their user is told of, and how fast each may call.

CREATE TABLE alerts (
    id INTEGER PRIMARY KEY,
    grant_id TEXT NOT NULL REFERENCES grants (id),
    rule TEXT NOT NULL CHECK (rule <> ''),
    action TEXT NOT NULL CHECK (action IN ('pause', 'slow', 'notify')),
    measured INTEGER NOT NULL,
    against INTEGER NOT NULL,
    subject TEXT NOT NULL,
    first_at INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    times INTEGER NOT NULL CHECK (times > 0),
    state TEXT NOT NULL CHECK (state IN ('new', 'seen', 'mine')),
    -- Until then the threshold of this rule is doubled for this app.
    mine_until INTEGER,
    -- The app is paused because of it, and for no other reason.
    is_pausing INTEGER NOT NULL CHECK (is_pausing IN (0, 1))
) STRICT;

CREATE INDEX alerts_of_grant ON alerts (grant_id, rule, last_at);
CREATE INDEX alerts_pausing ON alerts (grant_id) WHERE is_pausing = 1;

-- However an app is resumed or ended, no alert pauses it any more.
CREATE TRIGGER alerts_end_with_the_pause AFTER UPDATE OF state ON grants
WHEN NEW.state <> 'paused'
BEGIN
    UPDATE alerts SET is_pausing = 0 WHERE grant_id = NEW.id AND is_pausing = 1;
END;

-- Only where the user set another rate than the usual one.
CREATE TABLE call_rates (
    grant_id TEXT PRIMARY KEY REFERENCES grants (id),
    per_s INTEGER NOT NULL CHECK (per_s > 0),
    in_flight INTEGER NOT NULL CHECK (in_flight > 0)
) STRICT, WITHOUT ROWID;
