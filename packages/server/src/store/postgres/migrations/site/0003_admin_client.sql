-- The client that administrators' own access tokens belong to (clients/admin-token.ts). It has no key and no secret, and
-- its registration token is unknown to everybody: nobody can act as it but through the admin API.
insert into client (client_id, status, metadata, scope, granted_scope, registration_token_hash, warnings, created_at,
  decided_at, reason)
values (
  'chartgate-admin', 'approved',
  '{"client_name":"Administrators of this site","token_endpoint_auth_method":"private_key_jwt","grant_types":[]}',
  'system/*.cruds', 'system/*.cruds', sha256(gen_random_uuid()::text::bytea), '[]',
  (extract(epoch from now()) * 1000)::int8, (extract(epoch from now()) * 1000)::int8, 'comes with the site'
);
