/**
 * Remembers answers of an upstream (such as Trello), so that each question is asked only once. `question`: a text that
 * names what is read, such as `user 123`. If a question failed, it can be asked again.
 */
export interface Memo {
  <Value>(question: string, ask: () => Promise<Value>): Promise<Value>;
  /** Stores an answer that was a part of the answer to another question. So this question need not be asked. */
  know<Value>(question: string, answer: Promise<Value>): void;
  knows(question: string): boolean;
}

export function createMemo(): Memo {
  const answers = new Map<string, Promise<unknown>>();
  const know = (question: string, answer: Promise<unknown>) => {
    answers.set(question, answer);
    answer.catch(() => {
      if (answers.get(question) === answer) answers.delete(question);
    });
  };
  const memo = <Value>(question: string, ask: () => Promise<Value>): Promise<Value> => {
    const known = answers.get(question);
    if (known) return known as Promise<Value>;
    const answer = ask();
    know(question, answer);
    return answer;
  };
  return Object.assign(memo, { know, knows: (question: string) => answers.has(question) });
}
