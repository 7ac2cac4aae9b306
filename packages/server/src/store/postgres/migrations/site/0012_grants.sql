-- A resource server asks about the access tokens of all clients (RFC 7662); an administrator says which client is one.
alter table client add column is_resource_server bool not null default false;

-- A refresh token that was replaced is remembered as long as it would have been good.
alter table spent_refresh_token add column expires_at int8 not null default 0;
create index spent_refresh_token_expiry on spent_refresh_token (expires_at);

-- Each refresh looks for the token among the current and the replaced ones; the clean-up for what has ended.
create index user_authorization_previous on user_authorization (previous_refresh_h) where previous_refresh_h is not null;
create index user_authorization_end on user_authorization (greatest(code_expires_at, refresh_expires_at));
