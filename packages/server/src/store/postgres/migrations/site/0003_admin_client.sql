-- The client that administrators' own access tokens belong to (clients/admin-token.ts). It has no key and no secret, and
-- no registration token, as nobody registered it: it can be acted as through the admin API alone.
alter table client alter column registration_token_hash drop not null;

insert into client (client_id, status, metadata, scope, granted_scope, warnings, created_at, decided_at, reason)
values (
  'chartgate-admin', 'approved',
  '{"client_name":"Administrators of this site","token_endpoint_auth_method":"private_key_jwt","grant_types":[]}',
  'system/*.cruds', 'system/*.cruds', '[]',
  (extract(epoch from now()) * 1000)::int8, (extract(epoch from now()) * 1000)::int8, 'comes with the site'
);
