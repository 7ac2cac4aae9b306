import { OAuthError } from '../../oauth/oauth-error.ts';
import { folded } from '../../store/account-ports.ts';

const shortest = 10;
const longest = 200;

/** The commonest passwords that are long enough: what is tried first, everywhere. Folded. */
const common = new Set(
  `1234567890 0123456789 0987654321 9876543210 1234567891 12345678910 123456789a 1q2w3e4r5t 1q2w3e4r5t6y 1qaz2wsx3edc
  q1w2e3r4t5 q1w2e3r4t5y6 qwertyuiop qwerty1234 qwerty12345 qwerty123456 qwertyuiop123 qwertyqwerty asdfghjkl1 asdfghjkl;
  zxcvbnm123 zaq12wsxcde password12 password123 password1234 password12345 passwordpassword password!! password123! passw0rd123
  p@ssword123 p@ssw0rd123 p@ssw0rd12 mypassword changeme123 changeme1234 letmein123 letmein1234 welcome123 welcome1234
  welcome123! iloveyou123 iloveyou12 iloveyou1234 iloveyouforever administrator admin12345 admin123456 adminadmin
  administrator1 abcdefghij abcdefghijk abc1234567 abcd123456 abc123abc123 123abc456def football123 baseball123
  basketball basketball1 superman123 spiderman1 princess123 sunshine123 sunshine12 michael123 jordan2323 liverpool123
  manchester manchester1 computer123 starwars123 trustno1trustno1 whatever123 blink182blink182 1122334455 11223344556677
  1111222233 1212121212 1231231231 123123123123 12341234123 123412341234 5555555555 6969696969 7777777777 0000000000
  1111111111 2222222222 3333333333 4444444444 8888888888 9999999999 aaaaaaaaaa qazwsxedcrfv qazwsxedc1 1qazxsw23edc
  monkey1234 dragon1234 dragon12345 charlie123 hello12345 hello123456 helloworld secret12345 secret1234 default123
  master12345 shadow12345 testtesttest test123456 test1234567 testing123 testing1234 chocolate1 butterfly1 hospital123
  patient123 patient1234 doctor1234 doctor12345 clinic1234 health1234 healthcare summer2024 summer2025 summer2026
  winter2024 winter2025 winter2026 spring2024 spring2025 spring2026 autumn2024 autumn2025 autumn2026`.split(/\s+/),
);

/**
 * What a password must meet: its length, and not being what anybody would try first. No rule says what it is made of.
 * @throws {OAuthError} password-rules
 * @see https://pages.nist.gov/800-63-4/sp800-63b.html#passwordver
 */
export function requireGoodPassword(
  password: string,
  whose: { readonly userName: string; readonly email: string },
): void {
  const fault = faultOf(password, whose);
  if (fault) throw new OAuthError('password-rules', { description: fault });
}

function faultOf(password: string, { userName, email }: { readonly userName: string; readonly email: string }) {
  const { length } = [...password];
  if (length < shortest) return `The password is too short: at least ${shortest} characters.`;
  if (length > longest) return `The password is too long: at most ${longest} characters.`;
  const key = folded(password);
  const own = [userName, email, email.split('@')[0] ?? ''].map(folded);
  if (own.includes(key)) return 'The password must not be your user name or your e-mail address.';
  const isCommon = common.has(key) || new Set(key).size < 3;
  return isCommon ? 'This password is one of the first that anybody would try. Choose another.' : undefined;
}
