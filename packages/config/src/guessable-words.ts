/** Words from examples, tutorials and made-up secrets, in lower case. A word adds almost nothing to the strength of a secret. */
export const WORDS: readonly string[] =
  `abcd abcde access admin administrator again always another anything apikey application auth authentication authsecret backend banana
  bearer before better blabla blah bytes canary change changed changeit changeme changeit characters chat chatapp client cloud company config configuration
  console cookie correct customer dadada database debug default demo deploy deployment detail develop developer development django docker dont dragon
  dummy edit encryption enough enter environment ever every everybody everything example express facade fake fallback final first flask football
  foobar foobarbaz forever found from generate generated github google guess hardtoguess have helpdesk here hello highly hmac horse battery staple
  hunter hunter2 iloveyou insecure insert insert_your internal issuer javascript jsonwebtoken jwtsecret keyboard keyboardcat laravel least length
  letmein letters live local localhost login long longer longpassword lorem ipsum made make master message minimum mongo monkey must mysecret mysecretkey
  nest never next nextauth node nobody nodejs not_secret nothing notsecret numbers operator pass passphrase passw0rd passwd password passwort phrase
  placeholder please postgres princess private prod production project publicly pulse qwerty qwertz azerty rails random randomly real really redis
  relay replace replaceme required root salt sample secret secretkey secrets secure security server service session shhh shhhh shhhhh should
  sign signing signature single socket socketio some something staging string strong sunshine super supersecret superman support switch switchboard
  symmetric system temp temporary test tester testing that there this thisisasecret todo token tokens tomcat trustno1 tutorial twice ultra under unknown
  unsafe update user username value verify very very_long visitor vercel wachtwoord warning webapp webapps website welcome whatever winter summer
  with without word words work write xxxx yourself yours your yoursecret zxcvbn
  256bit 32bytes 64bytes 128bit 512bit 2020 2021 2022 2023 2024 2025 2026 2027 bit byte the and for you our app api key jwt not use set put foo bar baz bob abc acme corp share quick brown jumps over lazy dog dogs fox name love loves cat cats
  dead beef deadbeef cafe babe cafebabe feed face badc0de decaf c0ffee baadf00d`
    .split(/\s+/)
    .filter(Boolean);

const KEYS = `qwertyuiop asdfghjkl zxcvbnm qwertzuiop yxcvbnm azertyuiop qsdfghjklm wxcvbn 1234567890 !@#$%^&*() !"#$%&/()=
  1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p qazwsxedcrfvtgbyhnujmikolp 1q2w3e4r5t6y7u8i9o0p q1w2e3r4t5y6u7i8o9p0 qawsedrftgyhujikolp`;
const NUMBERS = `3141592653589793238462643383279502884197169399375105820974944592 2718281828459045235360287471352662497757247093699959
  1618033988749894848204586834365638117720 14142135623730950488016887242096980785696 1123581321345589144233377610987 2357111317192329313741434753`;
const EXAMPLES = `0123456789abcdef0123456789abcdef 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f
  00112233445566778899aabbccddeeff 112233445566778899aabbccddeeff00 123e4567-e89b-12d3-a456-426614174000 550e8400-e29b-41d4-a716-446655440000`;

const reversed = (text: string) => text.split('').toReversed().join('');

/** Long texts any piece of which is guessable: rows and columns of keys, digits of known numbers, example keys; forward and backward. */
export const KNOWN_SEQUENCES: readonly string[] = `${KEYS} ${NUMBERS} ${EXAMPLES}`
  .split(/\s+/)
  .flatMap((sequence) => [sequence, reversed(sequence)]);

/** Letter pairs that are frequent in English, German, French or Spanish: a fifth of all pairs, but four fifths of those in words. */
export const FREQUENT_PAIRS: ReadonlySet<string> = new Set(
  `th he in er an re nd at on nt ha es st en ed to it ou ea hi is or ti as te et ng of al de se le sa si ar ve ra ld ur me ne wa ri ro ic
  io be el ch la om li ma us ut il ll ho ee no ce pe ly tr ec em co ss wh ac di so da un ge sh ur ot we ie ei au qu ou pr ad ol ay ge id ow ir mo wo sc ck
  os po ca us tu mi pa ke ki ow ts ns rs rd na cl av ga ct ul ta lo ai ev am ab ex ig gh`.split(/\s+/),
);
