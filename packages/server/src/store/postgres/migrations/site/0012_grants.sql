-- A resource server asks about the access tokens of all clients (RFC 7662); an administrator says which client is one.
alter table client add column is_resource_server bool not null default false;

-- A refresh token that was replaced is remembered as long as it would have been good.
alter table spent_refresh_token add column expires_at int8 not null default 0;
create index spent_refresh_token_expiry on spent_refresh_token (expires_at);
