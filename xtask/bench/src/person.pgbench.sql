-- What Traject's store sends to PostgreSQL for a newcomer, command by command (crates/store/src/writer/batch.rs):
-- the check on a new dossier, then the certificate on that dossier. Ids grow within each client.
\set n :n + 1
\set dossier ((:run * 64 + :client_id) * 1000000 + :n) * 8
\set key :dossier + 1
\set request :dossier + 2
\set fact :dossier + 3

BEGIN;
SELECT caller, id, hash, result FROM request WHERE id IN (lpad(to_hex(:request::bigint), 32, '0')::uuid);
SELECT position + 1 AS position, chain_hash FROM ledger_head WHERE id = 1 FOR UPDATE \gset
INSERT INTO dossier (id, version, fact_count, held, standing_stale)
  VALUES (lpad(to_hex(:dossier::bigint), 32, '0')::uuid, 1, 1, FALSE, FALSE);
INSERT INTO ledger (position, fact_id, reference, dossier, dossier_version, skeleton, hash, chain_hash, received_at)
  VALUES (:position, lpad(to_hex(:fact::bigint), 32, '0')::uuid, lpad(to_hex(:fact::bigint), 36, '0'),
    lpad(to_hex(:dossier::bigint), 32, '0')::uuid, 1, decode(repeat('5a', :skeleton), 'hex'),
    decode(repeat('5a', 32), 'hex'), decode(repeat('5a', 32), 'hex'), 1662026400000000);
INSERT INTO fact_part (position, class, salt, bytes, erased_on)
  VALUES (:position, 1, decode(repeat('5a', 16), 'hex'), decode(repeat('5a', :plain), 'hex'), NULL),
    (:position, 2, decode(repeat('5a', 16), 'hex'), decode(repeat('5a', :identifying), 'hex'), NULL);
INSERT INTO number (number_key, dossier, digits)
  VALUES (lpad(to_hex(:key::bigint), 32, '0')::uuid, lpad(to_hex(:dossier::bigint), 32, '0')::uuid,
    :dossier::bigint::text)
  ON CONFLICT DO NOTHING;
INSERT INTO standing (dossier, as_of, law_hash, subject, outcome, reasons, municipality, reference_date, stage,
    closed_reason, enforcement, breach, register_due, complete_due, cure_due, next_code, next_due, review, wake_on)
  VALUES (lpad(to_hex(:dossier::bigint), 32, '0')::uuid, '2022-09-01', decode(repeat('5a', 32), 'hex'), NULL, 'obliged',
    '', 21001, '2022-06-01', 'to_register', NULL, 'none', NULL, '2023-03-01', NULL, NULL, 'register', '2023-03-01',
    FALSE, '2023-03-02')
  ON CONFLICT (dossier) DO UPDATE SET as_of = excluded.as_of, law_hash = excluded.law_hash, subject = excluded.subject,
    outcome = excluded.outcome, reasons = excluded.reasons, municipality = excluded.municipality,
    reference_date = excluded.reference_date, stage = excluded.stage, closed_reason = excluded.closed_reason,
    enforcement = excluded.enforcement, breach = excluded.breach, register_due = excluded.register_due,
    complete_due = excluded.complete_due, cure_due = excluded.cure_due, next_code = excluded.next_code,
    next_due = excluded.next_due, review = excluded.review, wake_on = excluded.wake_on;
INSERT INTO request (caller, id, hash, result)
  VALUES ('staff-1', lpad(to_hex(:request::bigint), 32, '0')::uuid, decode(repeat('5a', 32), 'hex'),
    decode(repeat('5a', :result), 'hex'));
UPDATE ledger_head SET position = :position, chain_hash = decode(repeat('5a', 32), 'hex'), day = '2022-09-01'
  WHERE id = 1;
COMMIT;

\set request :dossier + 4
\set fact :dossier + 5

BEGIN;
SELECT caller, id, hash, result FROM request WHERE id IN (lpad(to_hex(:request::bigint), 32, '0')::uuid);
SELECT id, version, fact_count, held, standing_stale FROM dossier
  WHERE id IN (lpad(to_hex(:dossier::bigint), 32, '0')::uuid) ORDER BY id FOR UPDATE;
SELECT position + 1 AS position, chain_hash FROM ledger_head WHERE id = 1 FOR UPDATE \gset
INSERT INTO dossier (id, version, fact_count, held, standing_stale)
  VALUES (lpad(to_hex(:dossier::bigint), 32, '0')::uuid, 2, 2, FALSE, FALSE)
  ON CONFLICT (id) DO UPDATE SET version = excluded.version, fact_count = excluded.fact_count, held = excluded.held,
    standing_stale = excluded.standing_stale;
INSERT INTO ledger (position, fact_id, reference, dossier, dossier_version, skeleton, hash, chain_hash, received_at)
  VALUES (:position, lpad(to_hex(:fact::bigint), 32, '0')::uuid, lpad(to_hex(:fact::bigint), 36, '0'),
    lpad(to_hex(:dossier::bigint), 32, '0')::uuid, 2, decode(repeat('5a', :skeleton), 'hex'),
    decode(repeat('5a', 32), 'hex'), decode(repeat('5a', 32), 'hex'), 1662026400000000);
INSERT INTO fact_part (position, class, salt, bytes, erased_on)
  VALUES (:position, 1, decode(repeat('5a', 16), 'hex'), decode(repeat('5a', :plain), 'hex'), NULL);
INSERT INTO standing (dossier, as_of, law_hash, subject, outcome, reasons, municipality, reference_date, stage,
    closed_reason, enforcement, breach, register_due, complete_due, cure_due, next_code, next_due, review, wake_on)
  VALUES (lpad(to_hex(:dossier::bigint), 32, '0')::uuid, '2022-09-01', decode(repeat('5a', 32), 'hex'), NULL, 'obliged',
    '', 21001, '2022-06-01', 'to_register', NULL, 'none', NULL, '2023-03-01', NULL, NULL, 'register', '2023-03-01',
    FALSE, '2023-03-02')
  ON CONFLICT (dossier) DO UPDATE SET as_of = excluded.as_of, law_hash = excluded.law_hash, subject = excluded.subject,
    outcome = excluded.outcome, reasons = excluded.reasons, municipality = excluded.municipality,
    reference_date = excluded.reference_date, stage = excluded.stage, closed_reason = excluded.closed_reason,
    enforcement = excluded.enforcement, breach = excluded.breach, register_due = excluded.register_due,
    complete_due = excluded.complete_due, cure_due = excluded.cure_due, next_code = excluded.next_code,
    next_due = excluded.next_due, review = excluded.review, wake_on = excluded.wake_on;
INSERT INTO request (caller, id, hash, result)
  VALUES ('staff-1', lpad(to_hex(:request::bigint), 32, '0')::uuid, decode(repeat('5a', 32), 'hex'),
    decode(repeat('5a', :result), 'hex'));
UPDATE ledger_head SET position = :position, chain_hash = decode(repeat('5a', 32), 'hex'), day = '2022-09-01'
  WHERE id = 1;
COMMIT;
