-- Records and spent markers (a marker has an empty value). A rowid table keeps
-- values out of the index, which is filled in random order.
CREATE TABLE records (
    kind TEXT NOT NULL,
    id BLOB NOT NULL,
    version INTEGER NOT NULL,
    expires_at INTEGER, -- microseconds since 1970
    value BLOB NOT NULL,
    UNIQUE (kind, id)
) STRICT;

CREATE INDEX records_by_expiry ON records (expires_at) WHERE expires_at IS NOT NULL;

CREATE TABLE counters (
    name TEXT NOT NULL PRIMARY KEY,
    next INTEGER NOT NULL
) STRICT;
