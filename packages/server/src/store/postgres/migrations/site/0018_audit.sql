-- Who did what to which record. Each node writes a chain of its own: rows without gaps, each with the hash of the one
-- before it. Times are ms since the epoch; hashes are SHA-256, seals HMAC-SHA-256 under a key that is not in here.
-- What is hashed, and how: docs/decisions/0028-audit.md.

create table audit_chain (
  number int4 primary key,        -- 1, 2, 3, … without gaps: a chain cannot go without a trace
  chain_id uuid not null unique,  -- one for each start of a node
  node text not null,             -- the name of its host
  started_at int8 not null,
  seal bytea not null             -- over all of this and the seal of the chain before
);

create table audit_event (
  chain int4 not null,
  seq int8 not null,              -- 1, 2, 3, … within the chain
  at int8 not null,               -- never before the row before
  action text not null,           -- a FHIR interaction, or an act of the gate
  status int4 not null,           -- as HTTP has it
  client_id text,
  account_id text,
  patients text[],                -- logical ids of those whose records were touched; null: none
  content text not null,          -- the rest, as JSON
  hash bytea not null,            -- over the hash before and the row
  seal bytea,                     -- with the last row of each commit
  primary key (chain, seq, at)
) partition by range (at);        -- a partition a month, made by the nodes: see store/postgres/audit/partition.ts
create index audit_event_at on audit_event (at, chain, seq);
create index audit_event_client on audit_event (client_id, at) where client_id is not null;
create index audit_event_account on audit_event (account_id, at) where account_id is not null;
create index audit_event_patients on audit_event using gin (patients) where patients is not null;

-- How far a chain was at a time; the nodes write the same into the file audit-heads.
create table audit_checkpoint (
  chain int4 not null,
  seq int8 not null,
  hash bytea not null,
  at int8 not null,
  seal bytea not null,
  primary key (chain, seq)
);

-- What the retention took away of a chain: all rows up to this one.
create table audit_pruned (
  chain int4 not null,
  seq int8 not null,
  hash bytea not null,
  at int8 not null,
  seal bytea not null,
  primary key (chain, seq)
);

create function audit_is_final() returns trigger language plpgsql as $$
begin
  raise exception 'The audit is written once: no row of it is changed or taken away.'
    using errcode = 'insufficient_privilege';
end $$;

create trigger audit_is_final before update or delete on audit_event
  for each row execute function audit_is_final();
create trigger audit_is_whole before truncate on audit_event
  for each statement execute function audit_is_final();
create trigger audit_is_final before update or delete on audit_chain
  for each row execute function audit_is_final();
create trigger audit_is_whole before truncate on audit_chain
  for each statement execute function audit_is_final();
create trigger audit_is_final before update or delete on audit_checkpoint
  for each row execute function audit_is_final();
create trigger audit_is_whole before truncate on audit_checkpoint
  for each statement execute function audit_is_final();
create trigger audit_is_final before update or delete on audit_pruned
  for each row execute function audit_is_final();
create trigger audit_is_whole before truncate on audit_pruned
  for each statement execute function audit_is_final();
