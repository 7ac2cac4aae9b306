-- Accounts, their sessions, and what their owners let apps do. Times are ms since the epoch; secrets are SHA-256 hashes.

-- What an administrator set of the site; what is not here has its default (oauth/settings.ts).
create table setting (name text primary key, value json not null, changed_at int8 not null);

create table account (
  account_id text collate "C" primary key,
  user_name text not null,
  user_name_key text collate "C" not null unique, -- folded, as it is compared
  email text not null,
  email_key text collate "C" not null,
  -- unverified: nobody has shown that the address is theirs; it opens nothing
  status text not null check (status in ('unverified', 'active', 'closed')),
  role text not null check (role in ('patient', 'practitioner', 'administrator')),
  fhir_user text,     -- Patient/1, RelatedPerson/2, Practitioner/3; null while no record is the user's own
  password_hash text, -- argon2id in PHC's form; null: signs in by passkey only
  -- counts up whenever all that the account gave and opened must die, such as with a new password
  epoch int4 not null default 0,
  created_at int8 not null
);
create unique index account_email on account (email_key) where status = 'active';

-- The records that a patient's account opens: one's own, and those one is a guardian of.
create table account_chart (
  account_id text collate "C" not null references account on delete cascade,
  patient text collate "C" not null, -- logical id
  relationship text not null check (relationship in ('self', 'guardian')),
  linked_at int8 not null,
  primary key (account_id, patient)
);
create index account_chart_patient on account_chart (patient);

create table session (
  h bytea primary key,
  session_id text collate "C" not null unique, -- its name, for the list of sessions
  account_id text collate "C" not null references account on delete cascade,
  epoch int4 not null, -- of the account; a session of an older epoch is dead
  amr text[] not null, -- how the user proved who it is (RFC 8176): pwd, otp, hwk
  auth_time int8 not null,
  seen_at int8 not null,
  expires_at int8 not null,
  user_agent text not null,
  created_at int8 not null
);
create index session_account on session (account_id);
create index session_expiry on session (expires_at);

-- A request to the authorization endpoint that passed its checks, while the user signs in, picks and consents.
create table authorization_request (
  h bytea primary key,
  client_id text collate "C" not null,
  content json not null,
  created_at int8 not null,
  expires_at int8 not null
);
create index authorization_request_expiry on authorization_request (expires_at);
create index authorization_request_client on authorization_request (client_id);

-- One use of an app from the record system, with what is open there.
create table launch (
  h bytea primary key,
  client_id text collate "C" not null,
  account_id text collate "C" not null references account on delete cascade, -- who launched, and who alone may go on
  context json not null,
  created_at int8 not null,
  expires_at int8 not null,
  used_at int8
);
create index launch_expiry on launch (expires_at);

-- What a user decided of an app the last time: what is asked again within it need not be asked.
create table consent (
  account_id text collate "C" not null references account on delete cascade,
  client_id text collate "C" not null,
  patient text collate "C" not null, -- logical id; empty: of no patient in particular
  scope text not null,               -- allowed
  refused text not null,             -- asked for, and unticked
  decided_at int8 not null,
  primary key (account_id, client_id, patient)
);
create index consent_client on consent (client_id);

-- What a user gave a client, once: code, refresh tokens and access tokens hang from it and die with it. The row holds all
-- of their state, so that each use of a code or a refresh token is one update of one row, whatever happens at once.
create table user_authorization (
  authorization_id text collate "C" primary key,
  client_id text collate "C" not null,
  client_epoch int4 not null,
  account_id text collate "C" not null references account on delete cascade,
  account_epoch int4 not null,
  session_h bytea, -- with online_access: the session it ends with
  scope text not null,
  patient text collate "C",
  encounter text collate "C",
  context json not null, -- what else the token response says of the launch
  nonce text,
  auth_time int8 not null,
  amr text[] not null,
  created_at int8 not null,
  last_used_at int8,

  code_h bytea unique,
  code_expires_at int8,
  code_used_at int8, -- used, rightly or not: a code is tried once
  redirect_uri text,
  code_challenge text,

  refresh_h bytea unique,
  previous_refresh_h bytea, -- good once more, should the answer that replaced it have been lost
  rotated_at int8,
  is_retried bool not null default false,
  refresh_expires_at int8
);
create index user_authorization_account on user_authorization (account_id, client_id);
create index user_authorization_client on user_authorization (client_id);
create index user_authorization_session on user_authorization (session_h) where session_h is not null;
create index user_authorization_created on user_authorization (created_at);

-- Refresh tokens that were replaced: who shows one has a copy that somebody else used.
create table spent_refresh_token (
  h bytea primary key,
  authorization_id text collate "C" not null references user_authorization on delete cascade
);
create index spent_refresh_token_authorization on spent_refresh_token (authorization_id);

alter table access_token add column authorization_id text collate "C" references user_authorization on delete cascade;
create index access_token_authorization on access_token (authorization_id) where authorization_id is not null;
