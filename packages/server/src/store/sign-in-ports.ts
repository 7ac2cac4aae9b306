import type { Account, ChartLink, SignedIn } from './account-ports.ts';

/** A mail as it waits: its text is sealed, for it may hold a link that opens something. Times are ms since the epoch. */
export type SealedMail = {
  readonly mailId: string;
  readonly to: string;
  readonly subject: string;
  readonly content: Uint8Array;
  readonly createdAt: number;
};

/** A mail that is to be tried now, and how often it was. */
export type DueMail = SealedMail & { readonly attempts: number };

/** A mail as the mailbox shows it; without content where it was sent. */
export type KeptMail = Omit<SealedMail, 'content'> & { readonly content?: Uint8Array; readonly sentAt?: number };

export interface OutboxStore {
  put(mail: SealedMail): Promise<void>;
  /** Takes the mail that is due for the longest time, for this node alone, and puts its next try off by a minute or more. */
  claim(now: number): Promise<DueMail | undefined>;
  /** Forgets the text of a mail that was sent. */
  sent(mailId: string, at: number): Promise<void>;
  /** Gives a mail up that no server will take. */
  giveUp(mailId: string): Promise<void>;
  /** Newest first, at most `limit`. */
  list(limit: number): Promise<readonly KeptMail[]>;
}

/** A wish for an account, until its address is confirmed. */
export type SignUp = {
  readonly hash: Uint8Array;
  readonly userName: string;
  readonly email: string;
  readonly passwordHash: string;
  readonly createdAt: number;
  readonly expiresAt: number;
};

export interface SignUpStore {
  /** Keeps it together with the mail about it. */
  insert(signUp: SignUp, mail: SealedMail): Promise<void>;
  find(hash: Uint8Array, now: number): Promise<SignUp | undefined>;
  /** Uses it up for an active account of a patient; false where name or address were taken, or it was used, meanwhile. */
  complete(hash: Uint8Array, account: Pick<Account, 'accountId' | 'userName' | 'createdAt'>): Promise<boolean>;
  countSince(createdAt: number): Promise<number>;
}

/** A mailed link. Without an account it was asked for in vain: it is written all the same, and opens nothing. */
export type AccountLink = {
  readonly hash: Uint8Array;
  readonly purpose: 'reset' | 'welcome' | 'email';
  readonly accountId?: string;
  readonly epoch: number;
  readonly email?: string;
  readonly createdAt: number;
  readonly expiresAt: number;
};

/** What a new password comes with. */
export type NewPassword = { readonly passwordHash: string; readonly at: number; readonly mail: SealedMail };

export interface AccountLinkStore {
  /** Keeps it, together with the mails about it. */
  insert(link: AccountLink, mails: readonly SealedMail[]): Promise<void>;
  /** With its account; undefined where it is dead. */
  find(
    hash: Uint8Array,
    purpose: AccountLink['purpose'],
    now: number,
  ): Promise<{ readonly link: AccountLink; readonly account: Account } | undefined>;
  /**
   * Uses up a link of purpose `reset` or `welcome`: the account has this password, and all that was signed in or allowed
   * before is dead, on all nodes. `gone`: nothing was changed; `taken`: another active account has the address.
   */
  setPassword(hash: Uint8Array, password: NewPassword): Promise<'done' | 'gone' | 'taken'>;
  /** Uses up a link of purpose `email`; all but the session that is kept is dead. */
  confirmEmail(
    hash: Uint8Array,
    change: { readonly at: number; readonly keep?: Uint8Array; readonly mail: SealedMail },
  ): Promise<'done' | 'gone' | 'taken'>;
}

/** Half a sign-in. */
export type SignInStep = {
  readonly hash: Uint8Array;
  readonly accountId: string;
  readonly epoch: number;
  readonly amr: readonly string[];
  readonly expiresAt: number;
};

export interface SignInStepStore {
  insert(step: SignInStep): Promise<void>;
  find(hash: Uint8Array, now: number): Promise<{ readonly step: SignInStep; readonly account: Account } | undefined>;
  /** Counts a try before it is judged; false where there were as many as allowed. */
  tryOnce(hash: Uint8Array, most: number): Promise<boolean>;
  /** False where it was used up before. */
  use(hash: Uint8Array): Promise<boolean>;
}

export interface DeviceStore {
  isKnown(hash: Uint8Array, accountId: string, now: number): Promise<boolean>;
  /** Remembers the browser; of an account the latest 50 are kept. */
  put(hash: Uint8Array, accountId: string, at: number, expiresAt: number): Promise<void>;
}

/** What an administrator makes: an account without a password, its charts, and the link by which its owner sets one. */
export type Invited = {
  readonly account: Account;
  readonly charts: readonly ChartLink[];
  readonly link: AccountLink;
  readonly mail: SealedMail;
};

export interface AccountAdministration {
  /** False where the user name is taken. */
  invite(invited: Invited): Promise<boolean>;
  /** By user name, at most `limit`. */
  list(filter: {
    readonly role?: Account['role'];
    readonly status?: Account['status'];
    readonly name?: string;
    readonly limit: number;
  }): Promise<readonly Account[]>;
  /** Closes the account for good; all it opened and allowed is dead. The last active administrator stays. */
  close(accountId: string): Promise<'closed' | 'unknown' | 'last-administrator'>;
  /** Sets a password of one's own; all but the session that is kept is dead. False where the account changed meanwhile. */
  changePassword(signedIn: SignedIn, password: NewPassword): Promise<boolean>;
  /** Sets or takes away the password of an account; all that is signed in or allowed is dead. */
  putPassword(accountId: string, passwordHash: string | undefined): Promise<void>;
  /** Puts the hash of the same password in place of a weaker one. */
  strengthen(accountId: string, weaker: string, stronger: string): Promise<void>;
  /** Gives a session a new secret, name and time; what ends with the session goes with it. False where it is dead. */
  renewSession(old: Uint8Array, session: SignedIn['session']): Promise<boolean>;
}
