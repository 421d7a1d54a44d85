-- What a receipt tells beside what a call tells anyway. It is written along with the call's end.

-- Each kind of unit that was charged, how many there were, and the price of its kind as it applied:
-- a JSON array of [kind, units, "exact dollars"]. Null where nothing of it is known.
ALTER TABLE calls ADD COLUMN items TEXT;
-- What the provider calls the call.
ALTER TABLE calls ADD COLUMN provider_request TEXT;

CREATE TRIGGER calls_keep_their_facts BEFORE UPDATE OF
    items, provider_request, cost, provider_cost, basis, ended, price_version, input_tokens,
    cached_tokens, output_tokens, reasoning_tokens, started_at, first_byte_at, finished_at
ON calls
WHEN OLD.status <> 'running'
BEGIN SELECT RAISE(ABORT, 'what was charged for never changes'); END;
