-- Second factors, and how an account reaches a chart. Times are ms since the epoch.

-- An authenticator app. At most one an account.
create table totp (
  account_id text collate "C" primary key references account on delete cascade,
  sealed_secret bytea not null,
  created_at int8 not null,
  confirmed_at int8,               -- null: shown, and no code of it was seen yet; it opens nothing
  last_step int8 not null default 0 -- of the last code that was accepted, in 30 s since the epoch: none is good twice
);

-- What is left when the authenticator or the passkey is lost. Each is good once.
create table recovery_code (
  account_id text collate "C" not null references account on delete cascade,
  h bytea not null, -- HMAC-SHA-256 under the sealing key
  primary key (account_id, h)
);

create table passkey (
  credential_id bytea primary key,
  passkey_id text collate "C" not null unique, -- its name in addresses
  account_id text collate "C" not null references account on delete cascade,
  name text not null,
  public_key bytea not null, -- COSE
  counter int8 not null,
  transports text[] not null,
  is_synced bool not null, -- lives on several devices of its owner
  created_at int8 not null,
  last_used_at int8
);
create index passkey_account on passkey (account_id);

-- What a passkey has to sign, once.
create table passkey_challenge (
  h bytea primary key, -- SHA-256
  purpose text not null check (purpose in ('registration', 'authentication')),
  account_id text collate "C" references account on delete cascade, -- null: whoever signs in by it
  expires_at int8 not null
);
create index passkey_challenge_expiry on passkey_challenge (expires_at);

-- How often something was tried: a leaky bucket for each thing that can be guessed and each who guesses.
create table try_count (
  h bytea primary key, -- SHA-256 of what is counted
  level float8 not null,
  counted_at int8 not null,
  succeeded_at int8, -- when a try went well
  expires_at int8 not null
);
create index try_count_expiry on try_count (expires_at);

-- A code that the clinic hands out, and that opens one chart to whoever shows it with the patient's date of birth.
create table invitation (
  h bytea primary key, -- HMAC-SHA-256 under the sealing key
  invitation_id text collate "C" not null unique,
  patient text collate "C" not null, -- logical id
  relationship text not null check (relationship in ('self', 'guardian')),
  email_key text collate "C", -- only an account with this address may use it
  made_by text not null,      -- account_id, or "admin"
  created_at int8 not null,
  expires_at int8 not null,
  tries int4 not null default 0,
  used_at int8,
  used_by text collate "C"
);
create index invitation_expiry on invitation (expires_at);

-- Somebody asks for a chart, and somebody at the clinic looks at it.
create table chart_request (
  request_id text collate "C" primary key,
  account_id text collate "C" not null references account on delete cascade,
  content json not null, -- what its owner wrote
  created_at int8 not null,
  status text not null default 'open' check (status in ('open', 'accepted', 'rejected')),
  patient text collate "C",
  reason text,
  decided_by text,
  decided_at int8
);
create index chart_request_account on chart_request (account_id);
create index chart_request_open on chart_request (created_at) where status = 'open';
