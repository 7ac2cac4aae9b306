-- What happens around an account: sign-up, mailed links, half a sign-in, browsers that are known, mail. Times are ms since
-- the epoch; secrets are SHA-256 hashes, and a mail that holds one is sealed until it is sent.

-- Somebody wants an account and was sent a mail. It takes neither the user name nor the address before it is confirmed.
create table sign_up (
  h bytea primary key,
  user_name text not null,
  email text not null,
  password_hash text not null,
  created_at int8 not null,
  expires_at int8 not null
);
create index sign_up_expiry on sign_up (expires_at);
create index sign_up_created on sign_up (created_at);

-- A mailed link to an account that exists. Of an older epoch than its account's it is dead.
create table account_link (
  h bytea primary key,
  -- reset: a new password; welcome: the first password of an account that an administrator made; email: a new address
  purpose text not null check (purpose in ('reset', 'welcome', 'email')),
  account_id text collate "C" references account on delete cascade, -- null: asked for where there is no account; opens nothing
  epoch int4 not null,
  email text, -- the address that is to become the account's
  created_at int8 not null,
  expires_at int8 not null
);
create index account_link_account on account_link (account_id);
create index account_link_expiry on account_link (expires_at);

-- The password was right, and the second factor has still to come.
create table sign_in_step (
  h bytea primary key,
  account_id text collate "C" not null references account on delete cascade,
  epoch int4 not null,
  amr text[] not null,
  tries int4 not null default 0,
  expires_at int8 not null
);
create index sign_in_step_account on sign_in_step (account_id);
create index sign_in_step_expiry on sign_in_step (expires_at);

-- Browsers in which somebody signed in to the account before: they are not made to wait for what others try.
create table known_device (
  h bytea not null,
  account_id text collate "C" not null references account on delete cascade,
  seen_at int8 not null,
  expires_at int8 not null,
  primary key (account_id, h)
);
create index known_device_expiry on known_device (expires_at);

create table outbox (
  mail_id text collate "C" primary key,
  n int8 generated always as identity, -- in the order in which they were written
  recipient text not null,
  subject text not null,
  content bytea, -- sealed; null once it was sent
  created_at int8 not null,
  attempts int4 not null default 0,
  next_at int8 not null, -- when it is tried next
  sent_at int8
);
create index outbox_due on outbox (next_at) where sent_at is null;
create index outbox_created on outbox (created_at);

create index account_role on account (role, status);
