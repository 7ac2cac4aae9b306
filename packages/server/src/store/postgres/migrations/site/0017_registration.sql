-- The life of a registration: its secrets and keys in rotation, what was approved and until when, who decided what. Times
-- are ms since the epoch; secrets are SHA-256 hashes.

alter table client
  add column version int4 not null default 0,  -- counts up with every change: of two at once, one finds another version
  add column previous_secret_hash bytea,
  add column previous_secret_until int8,       -- until then the replaced secret is good as well
  add column retired_keys json not null default '[]', -- [{jwk, until}]: keys that left the set and are good until then
  add column approved json,                    -- {metadata, scope, granted_scope, by} as they were approved last
  add column waiting_since int8,               -- null unless pending
  add column waiting_for text check (waiting_for in ('registration', 'change', 'expiry')),
  add column first_approval json,              -- {by, at, scope, …}: one of two administrators has approved
  add column registered_by text,               -- the administrator whose initial access token let it in
  add column approval_expires_at int8,
  add column expiry_warned_at int8,
  add column deleted_at int8;                  -- by its owner

update client set waiting_since = created_at, waiting_for = 'registration' where status = 'pending';
update client set approved = json_build_object('metadata', metadata, 'scope', scope, 'granted_scope', granted_scope,
    -- an administrator's decisions counted the epoch up, the policy's did not
    'by', case when epoch > 0 then 'token:earlier' else 'policy:earlier' end)
  where status in ('approved', 'suspended');

create index client_waiting on client (waiting_since) where status = 'pending';
create index client_approval_expiry on client (approval_expires_at) where approval_expires_at is not null;

-- What was decided of a client, and by whom; it goes with the client.
create table client_decision (
  id int8 generated always as identity primary key,
  client_id text collate "C" not null references client on delete cascade,
  at int8 not null,
  actor text not null,  -- token:…, account:…, policy:…, owner, clock
  action text not null,
  reason text,
  content json not null -- what else is to be known, such as the scopes granted
);
create index client_decision_client on client_decision (client_id, id desc);

-- Lets its holder register clients where not everybody may (RFC 7591 section 3).
create table initial_access_token (
  id text collate "C" primary key,
  h bytea not null unique,
  name text not null,
  decision text check (decision in ('approve', 'review')), -- in place of the policy's; null: the policy decides
  max_uses int4 not null,
  uses int4 not null default 0,
  created_by text not null,
  created_at int8 not null,
  expires_at int8 not null
);

-- Who may sign software statements (RFC 7591 section 2.3).
create table trusted_issuer (
  issuer text collate "C" primary key,
  jwks json,
  jwks_uri text,
  algorithms text[] not null,
  created_by text not null,
  created_at int8 not null,
  check ((jwks is null) <> (jwks_uri is null))
);

alter table admin_token add column created_by text; -- null: made on the server's own machine
