-- Versions are never given out twice, so that a record deleted and created anew
-- is not taken for the one that was read.
CREATE SEQUENCE record_versions;

-- Records and spent markers (a marker has an empty value).
CREATE TABLE records (
    kind text COLLATE "C" NOT NULL,
    id bytea NOT NULL,
    version bigint NOT NULL DEFAULT nextval('record_versions'),
    expires_at bigint, -- microseconds since 1970
    value bytea NOT NULL,
    PRIMARY KEY (kind, id)
);

CREATE INDEX records_by_expiry ON records (expires_at) WHERE expires_at IS NOT NULL;

CREATE TABLE counters (
    name text COLLATE "C" PRIMARY KEY,
    next bigint NOT NULL
);

-- Applies a batch in one round trip. A write without a version creates, one
-- without a value deletes, one with both replaces. The caller sorts the writes,
-- so that two batches never wait for each other in a circle. A condition that
-- fails raises PS001 with the write's place (from 0) and undoes the batch.
CREATE FUNCTION commit_batch(
    at bigint, kinds text[], ids bytea[], versions bigint[], expiries bigint[], contents bytea[]
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    FOR i IN 1 .. cardinality(ids) LOOP
        IF versions[i] IS NULL THEN
            INSERT INTO records (kind, id, expires_at, value)
            VALUES (kinds[i], ids[i], expiries[i], contents[i])
            ON CONFLICT (kind, id) DO UPDATE
            SET version = excluded.version, expires_at = excluded.expires_at, value = excluded.value
            WHERE records.expires_at <= at;
        ELSIF contents[i] IS NULL THEN
            DELETE FROM records
            WHERE kind = kinds[i] AND id = ids[i] AND version = versions[i]
              AND (expires_at IS NULL OR expires_at > at);
        ELSE
            UPDATE records
            SET version = nextval('record_versions'), expires_at = expiries[i], value = contents[i]
            WHERE kind = kinds[i] AND id = ids[i] AND version = versions[i]
              AND (expires_at IS NULL OR expires_at > at);
        END IF;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'conflict' USING ERRCODE = 'PS001', DETAIL = i - 1;
        END IF;
    END LOOP;
END $$;
