/** Help that belongs to no one command: `chartgate help TOPIC`. */
export const topics: Readonly<Record<string, string>> = {
  'exit-codes': `Exit codes of chartgate

  0  ok
  1  failed
  2  cancelled, by Ctrl-C or by answering no
  3  usage: the command line cannot be meant
  4  needs authentication: no credential, or one the server does not take
  5  denied: the credential is good, but may not do this
  6  not found
  8  pending: the client waits for an administrator

With --json an error is one line of JSON on stderr: exit_code, category (user_input, auth, network, api, filesystem,
internal, cancelled, pending), message, and where the server gave them error, ticket and issue.
`,
  environment: `Environment of chartgate

  CHARTGATE_URL          address of the server, where no --url is given
  CHARTGATE_DATA         data directory, where no --data is given (else ./.chartgate)
  CHARTGATE_ADMIN_TOKEN  an administrator's token, instead of the file admin.json in the data directory
  CHARTGATE_CONFIG       where profiles are kept (else $XDG_CONFIG_HOME/chartgate, else ~/.config/chartgate)
  CHARTGATE_REGISTRY     FHIR package registry for ig add, where no --registry is given
  DATABASE_URL           a PostgreSQL server for serve, where no --database-url is given
  PORT                   port for serve, where no --port is given
  NO_COLOR               no colour when set
`,
};
