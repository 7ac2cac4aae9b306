-- The gate of one site: clients, tokens, replay protection, tickets, keys. Times are ms since the epoch. Secrets,
-- tokens and assertions' ids are SHA-256 hashes; the signing key is sealed (see docs/decisions).

create table client (
  client_id text collate "C" primary key,
  status text not null check (status in ('pending', 'approved', 'suspended', 'revoked')),
  metadata json not null,       -- as registered, in the wire's spelling
  scope text not null,          -- asked for
  granted_scope text not null,  -- what a token may hold; empty while pending
  secret_hash bytea,
  registration_token_hash bytea not null,
  -- counts up whenever the client's tokens must die: a token of an older epoch is worth nothing, even one that a node
  -- with a stale copy of the client was about to write
  epoch int4 not null default 0,
  warnings json not null,
  created_at int8 not null,
  decided_at int8,
  reason text
);
create index client_created on client (created_at);

create table access_token (
  h bytea primary key,
  client_id text collate "C" not null,
  epoch int4 not null,
  scope text not null,
  issued_at int8 not null,
  expires_at int8 not null
);
create index access_token_expiry on access_token (expires_at);
create index access_token_client on access_token (client_id);

-- One row for each client assertion that was accepted: hash of client and jti, kept until it could not be accepted anyway.
create table assertion (h bytea primary key, expires_at int8 not null);
create index assertion_expiry on assertion (expires_at);

create table ticket (
  id text collate "C" primary key,
  client_id text collate "C",   -- null where the request named no client of ours
  created_at int8 not null,
  content json not null
);
create index ticket_client on ticket (client_id, created_at);
create index ticket_created on ticket (created_at);

create table signing_key (
  kid text collate "C" primary key,
  public_jwk json not null,
  sealed_private_key bytea not null, -- PKCS #8, AES-256-GCM: nonce, ciphertext, tag
  created_at int8 not null
);

create table admin_token (
  h bytea primary key,
  name text not null unique,
  created_at int8 not null
);
