import { useTranslations } from 'use-intl';

import { SignInError } from '../sign-in/sign-in.ts';
import { errorText } from '../text/problems.ts';

/** The sentence for what went wrong on the page of a link. */
export function useFailureText(): (error: unknown) => string {
  const [problem, signInProblem] = [useTranslations('problem'), useTranslations('signInProblem')];
  return (error) => {
    if (!(error instanceof SignInError)) return errorText(error, problem);
    const { here = '', instead = '', seconds = 0 } = error.values;
    return signInProblem.markup(error.code, { here, instead, seconds, link: (address) => address });
  };
}
