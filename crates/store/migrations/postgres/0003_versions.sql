-- As before, but whoever writes brings the new versions, which are random: so that they know them.
-- The function before stays, for replicas that still run the version before.
CREATE FUNCTION commit_batch(
    at bigint, kinds text[], ids bytea[], versions bigint[], fresh bigint[], expiries bigint[],
    contents bytea[]
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    FOR i IN 1 .. cardinality(ids) LOOP
        IF versions[i] IS NULL THEN
            INSERT INTO records (kind, id, version, expires_at, value)
            VALUES (kinds[i], ids[i], fresh[i], expiries[i], contents[i])
            ON CONFLICT (kind, id) DO UPDATE
            SET version = excluded.version, expires_at = excluded.expires_at, value = excluded.value
            WHERE records.expires_at <= at;
        ELSIF versions[i] < 0 THEN
            PERFORM 1 FROM records
            WHERE kind = kinds[i] AND id = ids[i] AND version = -versions[i]
              AND (expires_at IS NULL OR expires_at > at)
            FOR SHARE;
        ELSIF contents[i] IS NULL THEN
            DELETE FROM records
            WHERE kind = kinds[i] AND id = ids[i] AND version = versions[i]
              AND (expires_at IS NULL OR expires_at > at);
        ELSE
            UPDATE records
            SET version = fresh[i], expires_at = expiries[i], value = contents[i]
            WHERE kind = kinds[i] AND id = ids[i] AND version = versions[i]
              AND (expires_at IS NULL OR expires_at > at);
        END IF;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'conflict' USING ERRCODE = 'PS001', DETAIL = i - 1;
        END IF;
    END LOOP;
END $$;
