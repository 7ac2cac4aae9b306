-- Signing keys follow each other: a key is published, then signs, and is published until what it signed has expired.
alter table signing_key add column signs_from int8;
update signing_key set signs_from = created_at;
alter table signing_key alter column signs_from set not null;
alter table signing_key add column signs_until int8; -- null: no key follows it yet
alter table signing_key alter column sealed_private_key drop not null; -- destroyed once it has signed its last

-- One key at most is the last in line: of nodes that add a key at once, one succeeds.
create unique index signing_key_last on signing_key ((true)) where signs_until is null;
