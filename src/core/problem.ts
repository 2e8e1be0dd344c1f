/**
 * Anything a person can mend: one class, one catalogue.
 * A message may name facts of the case as {fact}; they are filled in from `where`.
 * Anything else that goes wrong is a bug and is a plain Error.
 */

interface Text {
  readonly message: string;
  readonly hint: string;
}

export const catalogue = {
  // reading
  'read/empty': { message: 'The file “{file}” is empty.', hint: 'Choose a file that has a header line and at least two rows.' },
  'read/no-rows': {
    message: 'The file “{file}” has a header but no rows of data.',
    hint: 'Add rows below the header, or say that the first line is data.',
  },
  'read/binary': {
    message: 'The file “{file}” looks like {what}.',
    hint: 'Export the table as CSV text (in a spreadsheet: Save as → CSV) and open that.',
  },
  'read/too-large': {
    message: 'The file “{file}” has {size} MB; at most {limit} MB can be read whole.',
    hint: 'Read an even sample of its rows instead: set the number of rows to sample, for instance {sample}.',
  },
  'read/unknown-encoding': {
    message: 'There is no encoding called “{encoding}”.',
    hint: 'Choose utf-8, utf-16le, utf-16be, windows-1252 or another name from the Encoding Standard.',
  },
  'read/cancelled': { message: 'Reading “{file}” was cancelled.', hint: 'Open the file again to read it.' },
  'profile/no-column': { message: 'There is no column “{column}” in the table.', hint: 'Choose a column that is in the data.' },
  // splitting
  'split/folds': { message: 'Rows cannot be dealt into {k} folds.', hint: 'Choose a whole number of folds, 2 or more.' },
  'split/share': { message: 'A share of {share} cannot be held out.', hint: 'Choose a share between 0 and 1, such as 0.2.' },
  'split/few-rows': { message: 'There are {rows} rows, too few for {k} parts.', hint: 'Choose fewer folds, or use more rows.' },
  'split/few-groups': {
    message: 'There are {groups} groups, too few for {k} parts: a group is never cut in two.',
    hint: 'Choose fewer folds, or another column that says which rows belong together.',
  },
  'split/one-moment': {
    message: 'All {rows} rows have the same time, so there is no past and future.',
    hint: 'Choose another column for the order, or another way to split.',
  },
  'split/few-moments': {
    message: 'There are {moments} different times; {k} folds in order of time need {needs}.',
    hint: 'Choose fewer folds, or a column with finer times.',
  },
  'split/missing-time': {
    message: '{missing} rows have no time, so it is unknown whether they are past or future.',
    hint: 'Drop or fill those rows, or choose another way to split.',
  },
  // explaining
  'explain/no-column': { message: 'The model has no input “{column}”.', hint: 'Choose one of the columns it was trained on.' },
  'explain/empty-column': {
    message: 'Every value of “{column}” is missing here, so there is nothing to vary.',
    hint: 'Choose another column.',
  },
  // parameters
  'param/unknown': { message: 'There is no parameter “{param}”.', hint: 'Check its spelling against the catalogue.' },
  'param/invalid': { message: '“{label}” {fault}.', hint: 'Give a value inside the stated range.' },
  // fitting
  'fit/no-rows': {
    message: 'There is no row to learn from.',
    hint: 'Check the filters and the split: at least one row must be left for training.',
  },
  'fit/one-class': {
    message: 'The target has only one class, “{level}”: there is nothing to tell apart.',
    hint: 'Choose another target, or bring data in which every class occurs.',
  },
  'fit/further': {
    message: '“{column}” could not be learnt beside the first target: {why}.',
    hint: 'Choose another model, or take this column off those to predict.',
  },
  'fit/bad-target': {
    message: 'The target of row {row} is not a finite number.',
    hint: 'Drop the rows without a target, or mend the column.',
  },
  'fit/units': {
    message: 'The largest {what} is that of row {row}, {value}: too {size} a number to work with.',
    hint: 'Mend that value, or give the column in other units: between 1e-60 and 1e60.',
  },
  'fit/no-weight': { message: 'All rows have weight 0, so none counts.', hint: 'Give at least one row a weight above 0.' },
  'fit/missing': {
    message: 'The column “{column}” has a missing value (row {row}), which this model does not understand.',
    hint: 'Add a step that fills missing values, or choose a model that takes them, such as gradient boosting.',
  },
  'fit/negative-count': {
    message: 'Poisson loss needs targets of 0 or more; the target of row {row} is negative.',
    hint: 'Choose another loss, or drop the negative targets.',
  },
  'fit/not-positive': {
    message: 'Gamma loss needs targets above 0; the target of row {row} is not.',
    hint: 'Choose another loss, or drop those rows.',
  },
  'fit/unknown-column': {
    message: '“{label}” names “{column}”, which is no column that the model gets.',
    hint: 'After the recipe the columns are: {known}.',
  },
  'fit/both-directions': {
    message: 'The prediction cannot both only rise and only fall with “{column}”.',
    hint: 'Leave the column out of one of the two lists.',
  },
  'fit/direction-of-category': {
    message: '“{column}” holds categories, which have no order to rise or fall along.',
    hint: 'Leave it out of the lists, or turn it into a number in the recipe.',
  },
  'fit/directions-of-classes': {
    message: 'The target has {classes} classes; predictions can be made to only rise or only fall for numbers and for two classes.',
    hint: 'Empty the lists of columns, or choose another target.',
  },
  'fit/target-range': {
    message: '{family} needs targets {rule}; {count} are not, the first in row {row} ({value}).',
    hint: 'Choose {other}the normal kind of target or another model, or leave those rows out.',
  },
  'fit/negative': {
    message: 'The column “{column}” holds a value below 0 (row {row}); this model takes counts and other amounts only.',
    hint: 'Put the step “Scale to 0…1” on the column, leave it out, or take naive Bayes for numbers.',
  },
  'fit/diverged': {
    message: 'The weights grew beyond all bounds: the steps are too large for these columns.',
    hint: 'Put the columns on one scale, take smaller steps, or raise the penalty.',
  },
  'fit/infinite': {
    message: 'The column “{column}” holds a number too large to work with (row {row}).',
    hint: 'Clip or transform the column, or drop it.',
  },
  'net/diverged': {
    message: 'The network’s loss grew beyond all bounds at a learning rate of {rate}.',
    hint: 'Lower the learning rate, or raise the L2 penalty.',
  },
  // documents and files of ours
  'project/broken': {
    message: 'This is not a project file that can be opened: {why}.',
    hint: 'Choose a .tablework file that Tablework saved, or save it again where it came from.',
  },
  'export/unknown': { message: 'There is no export “{export}”.', hint: 'Choose one from the list.' },
  'export/not-here': {
    message: '“{export}” is not possible for this model: {why}.',
    hint: 'Choose another way to take the model with you; the model file always works.',
  },
  'artifact/broken': {
    message: 'This is not a model file that can be used: {why}.',
    hint: 'Choose a .safetensors file that Tablework saved, or save it again.',
  },
  'workflow/broken': {
    message: 'This is not a workflow that can be used: {why}.',
    hint: 'Choose a file that Tablework saved, or start a new project.',
  },
  'workflow/newer': {
    message: 'This project was made by a newer Tablework (version {version} of the format; this one reads up to {latest}).',
    hint: 'Update Tablework, then open it again.',
  },
  // work
  'job/cancelled': { message: 'The work was cancelled.', hint: 'Nothing was lost; start it again when you like.' },
  'job/crashed': {
    message: 'The work stopped unexpectedly: {why}.',
    hint: 'Your project is safe. Try again; if it happens again, try fewer rows or a smaller model.',
  },
  'tune/no-sampler': { message: 'There is no way of searching called “{sampler}”.', hint: 'Choose one of the list, or update Tablework.' },
  'evaluate/no-choice': { message: 'No model is chosen yet.', hint: 'Train some models, then choose the one to be judged.' },
  'evaluate/no-model': {
    message: 'The model of this run is not on this device.',
    hint: 'Train it again: the same seed gives the same model.',
  },
  // the store
  'store/no-project': { message: 'This project is not on this device.', hint: 'Choose another, or import its .tablework file.' },
  'store/full': {
    message: 'This device has no room left for Tablework.',
    hint: 'Delete a project you no longer need, or free disk space, then try again.',
  },
  'store/elsewhere': {
    message: 'This project is open in another tab, so nothing was changed here.',
    hint: 'Press “Work here instead” to go on in this tab.',
  },
  'store/closed': {
    message: 'The browser does not let Tablework keep anything: {why}.',
    hint: 'Leave private browsing, or allow storage for this site, then open it again.',
  },
  // data
  'data/none': { message: 'There is no data yet.', hint: 'Drop a CSV file, or open a sample.' },
  'data/gone': { message: 'The file “{file}” is no longer on this device.', hint: 'Drop it again: the project will pick up where it was.' },
  'data/no-sample': { message: 'There is no sample called “{sample}”.', hint: 'Choose one of the list.' },
  // the problem that is posed
  'problem/no-target': { message: 'No target is chosen yet.', hint: 'Choose the column to predict.' },
  'problem/target-gone': {
    message: 'The target “{column}” is not in the data.',
    hint: 'Choose another target, or a file that has this column.',
  },
  'problem/text-target': {
    message: '“{column}” holds text, so it cannot be predicted as a number.',
    hint: 'Predict a class instead, or change the type of the column to number.',
  },
  'problem/text-weight': {
    message: '“{column}” holds a {kind}, so it cannot say how much each row weighs.',
    hint: 'Give another column the role “weight”, or none.',
  },
  'problem/negative-weight': {
    message: '“{column}” is {value} in row {row}, and no row can weigh less than nothing.',
    hint: 'Give another column the role “weight”, or mend the value.',
  },
  'metric/unknown': { message: 'There is no metric “{metric}”.', hint: 'For this task there are: {known}.' },
  'metric/not-here': { message: '“{metric}” cannot be used here: {why}.', hint: 'Choose another metric.' },
  'problem/empty-target': {
    message: 'Every value of “{column}” is missing.',
    hint: 'Choose another target, or check how the file is read.',
  },
  'problem/constant-target': {
    message: '“{column}” has the same value everywhere (“{value}”): there is nothing to predict.',
    hint: 'Choose another target, or loosen the filters in the recipe.',
  },
  'problem/one-example': {
    message: 'The class “{class}” of “{column}” has one example, which cannot be both learnt and tested.',
    hint: 'Collect more examples of it, or choose another target.',
  },
  'problem/too-many-classes': {
    message: '“{column}” has {classes} different values, more than the {most} classes that can be told apart.',
    hint: 'Choose another target, or predict it as a number.',
  },
  'problem/target-twice': {
    message: '“{column}” is to be predicted twice.',
    hint: 'Name it once: as the target, or among the further ones.',
  },
  'problem/few-with-target': {
    message: 'Only {rows} rows have a value of “{column}”; {least} are the least.',
    hint: 'Take it off the columns to predict, or use a file with more values of it.',
  },
  'problem/one-sided-target': {
    message: 'All training rows that have a value of “{column}” have the same one (“{value}”): there is nothing to learn.',
    hint: 'Cut the rows another way, or predict another column.',
  },
  'problem/too-few-rows': {
    message: 'Only {rows} rows are left to work with; {least} are the least.',
    hint: 'Use a file with more rows, or switch off steps that leave rows out.',
  },
  'problem/no-features': { message: 'No column is left to predict “{column}” from.', hint: 'Give at least one column the role “feature”.' },
  'problem/one-column': {
    message: 'The file has one column, so there is nothing to predict “{column}” from.',
    hint: 'Check the delimiter, or use a file with more columns.',
  },
  'split/unknown': { message: 'There is no way of splitting called “{split}”.', hint: 'Choose one of the list.' },
  'split/no-column': { message: '“{split}” needs a column that tells the {needs}.', hint: 'Choose that column under Problem.' },
  'step/unknown': { message: 'There is no step called “{step}”.', hint: 'Take the line out of the recipe, or update Tablework.' },
  'model/unknown': { message: 'There is no model called “{model}”.', hint: 'Choose one of the list, or update Tablework.' },
  'model/not-here': { message: '“{model}” cannot be used here: {why}', hint: 'Choose another model.' },
  'predict/missing-columns': {
    message: 'The file lacks {count} of the columns that the model needs: {columns}.',
    hint: 'Add them, or rename the columns of the file to these names.',
  },
  'recipe/no-rows': { message: '“{step}” leaves fewer than two rows to learn from.', hint: 'Loosen it or switch it off.' },
  // steps
  'steps/unknown': {
    message: 'There is no step “{step}”.',
    hint: 'The recipe may come from a newer version of Tablework; leave the step out or update.',
  },
  'steps/not-a-fill': {
    message: '“{fill}” cannot fill the column “{column}”, which holds a {kind}.',
    hint: 'Give a value of the same kind as the column.',
  },
  'steps/not-a-number': {
    message: 'A model cannot take the column “{column}”, which holds a {kind}.',
    hint: 'Put the step “{step}” on it, or leave the column out.',
  },
  'steps/missing-column': {
    message: 'The column “{column}”, which “{step}” needs, is not there.',
    hint: 'Check that the data has all the columns of the training data, under the same names.',
  },
  'steps/needs-target': {
    message: '“{step}” looks at the target, and there is none.',
    hint: 'Choose a target first, or leave this step out.',
  },
  'steps/name-taken': {
    message: '“{step}” would make a second column called “{column}”.',
    hint: 'Give the new column another name, or leave out the step that made the first one.',
  },
  'steps/too-many-columns': { message: '“{step}” was put on {count} columns and takes at most {most}.', hint: 'Choose fewer columns.' },
  'steps/not-comparable': {
    message: 'The column “{column}”, which holds a {kind}, cannot be asked whether it {op} “{value}”.',
    hint: 'Give a value of the same kind as the column.',
  },
  'formula/empty': { message: 'The formula is empty.', hint: 'Write one, such as [price] / [area].' },
  'formula/syntax': {
    message: 'The formula has “{found}” at position {at}, where {expected} should be.',
    hint: 'Names with blanks stand in [brackets], texts in quotes, arguments between commas.',
  },
  'formula/unknown-column': {
    message: 'There is no column “{name}” (position {at} of the formula).',
    hint: 'Check its spelling, capitals included; names with blanks stand in [brackets]. The step must be put on the column, too.',
  },
  'formula/unknown-function': { message: 'There is no function “{name}” (position {at} of the formula).', hint: 'There are: {known}.' },
  'formula/arguments': {
    message: '{name}() at position {at} takes {wanted} values between its brackets, not {count}.',
    hint: 'Put commas between them.',
  },
  'formula/type': {
    message: 'At position {at} of the formula, {what}.',
    hint: 'Texts can be compared with = and !=, measured with length() and searched with contains(); number() reads a number from one.',
  },
  // the lab
  'lab/no-command': { message: 'There is no command “{command}”.', hint: 'The commands are: {known}.' },
  'lab/no-value': { message: 'The option --{option} is missing its value.', hint: 'Write it as --{option} VALUE.' },
  'lab/not-a-number': { message: '--{option} is “{value}”, which is not a whole number from {least} on.', hint: 'Give such a number.' },
  'lab/no-file': { message: 'The file “{file}” cannot be read: {why}.', hint: 'Check its name and place.' },
  'lab/too-few-files': {
    message: 'The command also needs {name}.',
    hint: 'Name the files behind the command, in the order of the manual.',
  },
  'lab/no-option': { message: 'There is no option --{option}.', hint: 'The options are: {known}.' },
  'lab/not-one-of': { message: '--{option} is “{value}”, which is none of {options}.', hint: 'Give one of these.' },
  'lab/not-json': { message: '{what} is not JSON: {why}.', hint: 'Write it as {example}.' },
  'lab/not-yet': { message: '“{command}” is not here yet.', hint: 'The commands are: {known}.' },
  'lab/no-column': { message: 'There is no column “{column}”.', hint: 'Name a column of the header, or #N for its position from 1.' },
  'lab/folds': {
    message: 'The folds file does not fit: {why}.',
    hint: 'It has one character for each data row: the digit of its test fold, or - for a row left out.',
  },
  // tuning
  'tune/not-searchable': {
    message: '“{label}” ({param}) cannot be searched: it has no range or list of values to try.',
    hint: 'Leave it out of the search and give it one value.',
  },
} as const satisfies Readonly<Record<string, Text>>;

export type Code = keyof typeof catalogue;
export type Where = Readonly<Record<string, string | number>>;

/** A Problem as plain data: what crosses the wire, what is stored, what the lab prints. */
export interface ProblemData {
  readonly code: Code;
  readonly message: string;
  readonly hint: string;
  readonly where: Where;
}

export class Problem extends Error {
  override readonly name = 'Problem';
  readonly code: Code;
  readonly hint: string;
  readonly where: Where;

  constructor(code: Code, where: Where = {}) {
    const text: Text = catalogue[code];
    super(fill(text.message, where));
    this.code = code;
    this.hint = fill(text.hint, where);
    this.where = where;
  }

  toJSON(): ProblemData {
    return { code: this.code, message: this.message, hint: this.hint, where: this.where };
  }

  static from(data: ProblemData): Problem {
    return new Problem(data.code, data.where);
  }
}

const fill = (text: string, where: Where) => text.replace(/\{(\w+)\}/g, (all, name: string) => (name in where ? String(where[name]) : all));
