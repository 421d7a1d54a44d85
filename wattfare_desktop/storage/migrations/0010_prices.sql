-- Prices the user set, for what no table knows or knows wrongly. A charge keeps the price it was
-- made at with itself, so these may change and go.
CREATE TABLE own_prices (
    provider TEXT NOT NULL CHECK (provider <> ''),
    model TEXT NOT NULL CHECK (model <> ''),
    -- A JSON object: dollars as text by kind of unit.
    usd TEXT NOT NULL CHECK (json_valid(usd)),
    context_window_tokens INTEGER CHECK (context_window_tokens > 0),
    max_output_tokens INTEGER CHECK (max_output_tokens > 0),
    set_at INTEGER NOT NULL,
    PRIMARY KEY (provider, model)
) STRICT, WITHOUT ROWID;
