
using namespace System.Management.Automation
using namespace System.Management.Automation.Language

Register-ArgumentCompleter -Native -CommandName 'dianjian' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commandElements = $commandAst.CommandElements
    $command = @(
        'dianjian'
        for ($i = 1; $i -lt $commandElements.Count; $i++) {
            $element = $commandElements[$i]
            if ($element -isnot [StringConstantExpressionAst] -or
                $element.StringConstantType -ne [StringConstantType]::BareWord -or
                $element.Value.StartsWith('-') -or
                $element.Value -eq $wordToComplete) {
                break
        }
        $element.Value
    }) -join ';'

    $completions = @(switch ($command) {
        'dianjian' {
            [CompletionResult]::new('--lang', '--lang', [CompletionResultType]::ParameterName, 'Language of messages, zh or en [default: from the configuration, else the locale]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Check shop files, live rooms, and scripts, pictures and videos given by themselves')
            [CompletionResult]::new('merge', 'merge', [CompletionResultType]::ParameterValue, 'Merge the partial results of all shards of a check into one report')
            [CompletionResult]::new('rules', 'rules', [CompletionResultType]::ParameterValue, 'Test, list, lint and create rules')
            [CompletionResult]::new('explain', 'explain', [CompletionResultType]::ParameterValue, 'Explain a rule, record kind, field or table')
            [CompletionResult]::new('import', 'import', [CompletionResultType]::ParameterValue, 'Convert platform exports and tables to native files')
            [CompletionResult]::new('tables', 'tables', [CompletionResultType]::ParameterValue, 'Build tables from the platform''s category and deposit data')
            [CompletionResult]::new('template', 'template', [CompletionResultType]::ParameterValue, 'Write an empty table with all accepted headings, for filling in')
            [CompletionResult]::new('inventory', 'inventory', [CompletionResultType]::ParameterValue, 'Show every SKU over all shops and platforms: stock, price, state, and what is wrong')
            [CompletionResult]::new('audit', 'audit', [CompletionResultType]::ParameterValue, 'Compare the platform''s rejections with what the rules report')
            [CompletionResult]::new('forecast', 'forecast', [CompletionResultType]::ParameterValue, 'Show which findings will appear or go away, and when')
            [CompletionResult]::new('migrate', 'migrate', [CompletionResultType]::ParameterValue, 'Plan, apply, undo and verify migrations to Weixin Store')
            [CompletionResult]::new('baseline', 'baseline', [CompletionResultType]::ParameterValue, 'Manage the baseline of known findings')
            [CompletionResult]::new('serve', 'serve', [CompletionResultType]::ParameterValue, 'Open the workbench, a page in the browser that checks and migrates without a terminal')
            [CompletionResult]::new('lsp', 'lsp', [CompletionResultType]::ParameterValue, 'Serve an editor over standard input and output (LSP); editors start it themselves')
            [CompletionResult]::new('ocr', 'ocr', [CompletionResultType]::ParameterValue, 'Add what reads text in pictures and videos')
            [CompletionResult]::new('doctor', 'doctor', [CompletionResultType]::ParameterValue, 'Check that rules, ffmpeg and the cache are in place')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print a completion script for a shell')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'dianjian;check' {
            [CompletionResult]::new('--stdin-name', '--stdin-name', [CompletionResultType]::ParameterName, 'Name of standard input in reports; its extension sets the format')
            [CompletionResult]::new('--system', '--system', [CompletionResultType]::ParameterName, 'System to assume for shops whose exports do not name it')
            [CompletionResult]::new('--threads', '--threads', [CompletionResultType]::ParameterName, 'Number of worker threads [default: number of cores]')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'What pictures and videos among the paths are material of, those in folders too [default: live, in folders without tables or records]')
            [CompletionResult]::new('--as-of', '--as-of', [CompletionResultType]::ParameterName, 'Apply the rules in force on this date [default: today in Asia/Shanghai]')
            [CompletionResult]::new('--fail-on', '--fail-on', [CompletionResultType]::ParameterName, 'Lowest severity that makes the exit status 1 [default: error]')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'Format of the report on standard output [default: pretty]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Write a further report to a file, e.g. sarif=report.sarif (repeatable)')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Write a further report to a file, e.g. sarif=report.sarif (repeatable)')
            [CompletionResult]::new('--min-severity', '--min-severity', [CompletionResultType]::ParameterName, 'Do not list findings below this severity; they are counted, and do not affect the exit status')
            [CompletionResult]::new('--min-confidence', '--min-confidence', [CompletionResultType]::ParameterName, 'Do not list findings of rules whose evidence is weaker; they are counted, and do not affect the exit status')
            [CompletionResult]::new('--changed-since', '--changed-since', [CompletionResultType]::ParameterName, 'Read everything, list only findings in files that changed since this commit or branch, untracked ones too')
            [CompletionResult]::new('--report-only', '--report-only', [CompletionResultType]::ParameterName, 'Read everything, list only findings in these files or folders (repeatable)')
            [CompletionResult]::new('--annotate', '--annotate', [CompletionResultType]::ParameterName, 'Write copies of pictures and of the best video frames, with boxes around the codes found; not into a folder of assets')
            [CompletionResult]::new('--ocr', '--ocr', [CompletionResultType]::ParameterName, 'Read text in pictures with the models in this folder, or with the small ones in the program (`builtin`) [default: DIANJIAN_OCR, else what `dianjian ocr add` added, else `builtin`]')
            [CompletionResult]::new('--fix', '--fix', [CompletionResultType]::ParameterName, 'Fix files in place; without a value, apply safe fixes only')
            [CompletionResult]::new('--shard', '--shard', [CompletionResultType]::ParameterName, 'Check shard I of N only and write a partial result for `dianjian merge`')
            [CompletionResult]::new('--partial', '--partial', [CompletionResultType]::ParameterName, 'Where to write the partial result [default: dianjian-I-of-N.partial]')
            [CompletionResult]::new('--memory', '--memory', [CompletionResultType]::ParameterName, 'MiB of memory for cross-record rules; the rest goes to temporary files [default: 96]')
            [CompletionResult]::new('--baseline', '--baseline', [CompletionResultType]::ParameterName, 'File of known findings, which are not reported [default: from the configuration]')
            [CompletionResult]::new('--only', '--only', [CompletionResultType]::ParameterName, 'Apply only these rules, by id or by pattern such as ''naming/*'' (repeatable)')
            [CompletionResult]::new('--skip', '--skip', [CompletionResultType]::ParameterName, 'Skip these rules, by id or by pattern (repeatable)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [default: dianjian.yaml in this folder or one above]')
            [CompletionResult]::new('--rules', '--rules', [CompletionResultType]::ParameterName, 'Folder of rules to add to the built-in ones (repeatable)')
            [CompletionResult]::new('--mapping', '--mapping', [CompletionResultType]::ParameterName, 'Mapping for files of another layout (repeatable)')
            [CompletionResult]::new('--table', '--table', [CompletionResultType]::ParameterName, 'File of rows to add to a table (repeatable)')
            [CompletionResult]::new('--param', '--param', [CompletionResultType]::ParameterName, 'Set a rule''s parameter, e.g. limits/weixin-stores.limit=20 (repeatable)')
            [CompletionResult]::new('--lang', '--lang', [CompletionResultType]::ParameterName, 'Language of messages, zh or en [default: from the configuration, else the locale]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--no-ignore', '--no-ignore', [CompletionResultType]::ParameterName, 'Include files that .gitignore excludes')
            [CompletionResult]::new('--force-exclude', '--force-exclude', [CompletionResultType]::ParameterName, 'Treat named files as those in folders: obey ignore:, pass over what holds no records (for hooks that name every file)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print nothing to standard output')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print nothing to standard output')
            [CompletionResult]::new('--no-fold', '--no-fold', [CompletionResultType]::ParameterName, 'List every finding; by default pretty folds like ones into one block with a few places')
            [CompletionResult]::new('--statistics', '--statistics', [CompletionResultType]::ParameterName, 'Print counts by rule instead of findings (pretty, short); json has them in its summary')
            [CompletionResult]::new('--list-files', '--list-files', [CompletionResultType]::ParameterName, 'List every input with what became of it and why (checked, passed over, not understood, unreadable); the list takes the place of the report unless --format asks for one, and then goes to standard error. Files that are not meant to be checked go under `ignore:` in dianjian.yaml')
            [CompletionResult]::new('--no-cache', '--no-cache', [CompletionResultType]::ParameterName, 'Scan every picture and video again, without reading or writing the cache')
            [CompletionResult]::new('--no-pictures', '--no-pictures', [CompletionResultType]::ParameterName, 'Show no thumbnails, even on a terminal that supports them')
            [CompletionResult]::new('--no-ocr', '--no-ocr', [CompletionResultType]::ParameterName, 'Do not read text in pictures and videos; codes are still looked for')
            [CompletionResult]::new('--diff', '--diff', [CompletionResultType]::ParameterName, 'Print what --fix would change; change nothing')
            [CompletionResult]::new('--update-baseline', '--update-baseline', [CompletionResultType]::ParameterName, 'Drop findings that no longer occur from the baseline; never add any')
            [CompletionResult]::new('--accept', '--accept', [CompletionResultType]::ParameterName, 'Rewrite the baseline with all current findings')
            [CompletionResult]::new('--no-config', '--no-config', [CompletionResultType]::ParameterName, 'Ignore the configuration file')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dianjian;merge' {
            [CompletionResult]::new('--threads', '--threads', [CompletionResultType]::ParameterName, 'Number of worker threads [default: number of cores]')
            [CompletionResult]::new('--fail-on', '--fail-on', [CompletionResultType]::ParameterName, 'Lowest severity that makes the exit status 1 [default: error]')
            [CompletionResult]::new('--memory', '--memory', [CompletionResultType]::ParameterName, 'MiB of memory for cross-record rules; the rest goes to temporary files [default: 96]')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'Format of the report on standard output [default: pretty]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Write a further report to a file, e.g. sarif=report.sarif (repeatable)')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Write a further report to a file, e.g. sarif=report.sarif (repeatable)')
            [CompletionResult]::new('--min-severity', '--min-severity', [CompletionResultType]::ParameterName, 'Do not list findings below this severity; they are counted, and do not affect the exit status')
            [CompletionResult]::new('--min-confidence', '--min-confidence', [CompletionResultType]::ParameterName, 'Do not list findings of rules whose evidence is weaker; they are counted, and do not affect the exit status')
            [CompletionResult]::new('--changed-since', '--changed-since', [CompletionResultType]::ParameterName, 'Read everything, list only findings in files that changed since this commit or branch, untracked ones too')
            [CompletionResult]::new('--report-only', '--report-only', [CompletionResultType]::ParameterName, 'Read everything, list only findings in these files or folders (repeatable)')
            [CompletionResult]::new('--baseline', '--baseline', [CompletionResultType]::ParameterName, 'File of known findings, which are not reported [default: from the configuration]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [default: dianjian.yaml in this folder or one above]')
            [CompletionResult]::new('--rules', '--rules', [CompletionResultType]::ParameterName, 'Folder of rules to add to the built-in ones (repeatable)')
            [CompletionResult]::new('--mapping', '--mapping', [CompletionResultType]::ParameterName, 'Mapping for files of another layout (repeatable)')
            [CompletionResult]::new('--table', '--table', [CompletionResultType]::ParameterName, 'File of rows to add to a table (repeatable)')
            [CompletionResult]::new('--param', '--param', [CompletionResultType]::ParameterName, 'Set a rule''s parameter, e.g. limits/weixin-stores.limit=20 (repeatable)')
            [CompletionResult]::new('--lang', '--lang', [CompletionResultType]::ParameterName, 'Language of messages, zh or en [default: from the configuration, else the locale]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print nothing to standard output')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print nothing to standard output')
            [CompletionResult]::new('--no-fold', '--no-fold', [CompletionResultType]::ParameterName, 'List every finding; by default pretty folds like ones into one block with a few places')
            [CompletionResult]::new('--statistics', '--statistics', [CompletionResultType]::ParameterName, 'Print counts by rule instead of findings (pretty, short); json has them in its summary')
            [CompletionResult]::new('--list-files', '--list-files', [CompletionResultType]::ParameterName, 'List every input with what became of it and why (checked, passed over, not understood, unreadable); the list takes the place of the report unless --format asks for one, and then goes to standard error. Files that are not meant to be checked go under `ignore:` in dianjian.yaml')
            [CompletionResult]::new('--update-baseline', '--update-baseline', [CompletionResultType]::ParameterName, 'Drop findings that no longer occur from the baseline; never add any')
            [CompletionResult]::new('--accept', '--accept', [CompletionResultType]::ParameterName, 'Rewrite the baseline with all current findings')
            [CompletionResult]::new('--no-config', '--no-config', [CompletionResultType]::ParameterName, 'Ignore the configuration file')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dianjian;rules' {
            [CompletionResult]::new('--lang', '--lang', [CompletionResultType]::ParameterName, 'Language of messages, zh or en [default: from the configuration, else the locale]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('test', 'test', [CompletionResultType]::ParameterValue, 'Run the examples of every rule')
            [CompletionResult]::new('evaluate', 'evaluate', [CompletionResultType]::ParameterValue, 'Measure what rules find and miss in labelled texts')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the rules')
            [CompletionResult]::new('lint', 'lint', [CompletionResultType]::ParameterValue, 'Check rule files for mistakes and missing parts')
            [CompletionResult]::new('schema', 'schema', [CompletionResultType]::ParameterValue, 'Print the JSON Schema of a file, for editors')
            [CompletionResult]::new('timeline', 'timeline', [CompletionResultType]::ParameterValue, 'Show when rules and table rows come into force and end')
            [CompletionResult]::new('new', 'new', [CompletionResultType]::ParameterValue, 'Create a rule file with comments')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'dianjian;rules;test' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [default: dianjian.yaml in this folder or one above]')
            [CompletionResult]::new('--rules', '--rules', [CompletionResultType]::ParameterName, 'Folder of rules to add to the built-in ones (repeatable)')
            [CompletionResult]::new('--mapping', '--mapping', [CompletionResultType]::ParameterName, 'Mapping for files of another layout (repeatable)')
            [CompletionResult]::new('--table', '--table', [CompletionResultType]::ParameterName, 'File of rows to add to a table (repeatable)')
            [CompletionResult]::new('--param', '--param', [CompletionResultType]::ParameterName, 'Set a rule''s parameter, e.g. limits/weixin-stores.limit=20 (repeatable)')
            [CompletionResult]::new('--lang', '--lang', [CompletionResultType]::ParameterName, 'Language of messages, zh or en [default: from the configuration, else the locale]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Also list the rules whose examples hold')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Also list the rules whose examples hold')
            [CompletionResult]::new('--no-config', '--no-config', [CompletionResultType]::ParameterName, 'Ignore the configuration file')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dianjian;rules;evaluate' {
            [CompletionResult]::new('--floor', '--floor', [CompletionResultType]::ParameterName, 'File of measures with their floors and ceilings; below a floor the exit status is 1')
            [CompletionResult]::new('--as-of', '--as-of', [CompletionResultType]::ParameterName, 'Apply the rules in force on this date [default: today in Asia/Shanghai]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [default: dianjian.yaml in this folder or one above]')
            [CompletionResult]::new('--rules', '--rules', [CompletionResultType]::ParameterName, 'Folder of rules to add to the built-in ones (repeatable)')
            [CompletionResult]::new('--mapping', '--mapping', [CompletionResultType]::ParameterName, 'Mapping for files of another layout (repeatable)')
            [CompletionResult]::new('--table', '--table', [CompletionResultType]::ParameterName, 'File of rows to add to a table (repeatable)')
            [CompletionResult]::new('--param', '--param', [CompletionResultType]::ParameterName, 'Set a rule''s parameter, e.g. limits/weixin-stores.limit=20 (repeatable)')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--lang', '--lang', [CompletionResultType]::ParameterName, 'Language of messages, zh or en [default: from the configuration, else the locale]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--no-config', '--no-config', [CompletionResultType]::ParameterName, 'Ignore the configuration file')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dianjian;rules;list' {
            [CompletionResult]::new('--as-of', '--as-of', [CompletionResultType]::ParameterName, 'Apply the rules in force on this date [default: today in Asia/Shanghai]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [default: dianjian.yaml in this folder or one above]')
            [CompletionResult]::new('--rules', '--rules', [CompletionResultType]::ParameterName, 'Folder of rules to add to the built-in ones (repeatable)')
            [CompletionResult]::new('--mapping', '--mapping', [CompletionResultType]::ParameterName, 'Mapping for files of another layout (repeatable)')
            [CompletionResult]::new('--table', '--table', [CompletionResultType]::ParameterName, 'File of rows to add to a table (repeatable)')
            [CompletionResult]::new('--param', '--param', [CompletionResultType]::ParameterName, 'Set a rule''s parameter, e.g. limits/weixin-stores.limit=20 (repeatable)')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--lang', '--lang', [CompletionResultType]::ParameterName, 'Language of messages, zh or en [default: from the configuration, else the locale]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--no-config', '--no-config', [CompletionResultType]::ParameterName, 'Ignore the configuration file')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dianjian;rules;lint' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [default: dianjian.yaml in this folder or one above]')
            [CompletionResult]::new('--rules', '--rules', [CompletionResultType]::ParameterName, 'Folder of rules to add to the built-in ones (repeatable)')
            [CompletionResult]::new('--mapping', '--mapping', [CompletionResultType]::ParameterName, 'Mapping for files of another layout (repeatable)')
            [CompletionResult]::new('--table', '--table', [CompletionResultType]::ParameterName, 'File of rows to add to a table (repeatable)')
            [CompletionResult]::new('--param', '--param', [CompletionResultType]::ParameterName, 'Set a rule''s parameter, e.g. limits/weixin-stores.limit=20 (repeatable)')
            [CompletionResult]::new('--lang', '--lang', [CompletionResultType]::ParameterName, 'Language of messages, zh or en [default: from the configuration, else the locale]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--no-config', '--no-config', [CompletionResultType]::ParameterName, 'Ignore the configuration file')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dianjian;rules;schema' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [default: dianjian.yaml in this folder or one above]')
            [CompletionResult]::new('--rules', '--rules', [CompletionResultType]::ParameterName, 'Folder of rules to add to the built-in ones (repeatable)')
            [CompletionResult]::new('--mapping', '--mapping', [CompletionResultType]::ParameterName, 'Mapping for files of another layout (repeatable)')
            [CompletionResult]::new('--table', '--table', [CompletionResultType]::ParameterName, 'File of rows to add to a table (repeatable)')
            [CompletionResult]::new('--param', '--param', [CompletionResultType]::ParameterName, 'Set a rule''s parameter, e.g. limits/weixin-stores.limit=20 (repeatable)')
            [CompletionResult]::new('--lang', '--lang', [CompletionResultType]::ParameterName, 'Language of messages, zh or en [default: from the configuration, else the locale]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--no-config', '--no-config', [CompletionResultType]::ParameterName, 'Ignore the configuration file')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dianjian;rules;timeline' {
            [CompletionResult]::new('--from', '--from', [CompletionResultType]::ParameterName, 'Only changes on or after this date')
            [CompletionResult]::new('--as-of', '--as-of', [CompletionResultType]::ParameterName, 'Apply the rules in force on this date [default: today in Asia/Shanghai]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [default: dianjian.yaml in this folder or one above]')
            [CompletionResult]::new('--rules', '--rules', [CompletionResultType]::ParameterName, 'Folder of rules to add to the built-in ones (repeatable)')
            [CompletionResult]::new('--mapping', '--mapping', [CompletionResultType]::ParameterName, 'Mapping for files of another layout (repeatable)')
            [CompletionResult]::new('--table', '--table', [CompletionResultType]::ParameterName, 'File of rows to add to a table (repeatable)')
            [CompletionResult]::new('--param', '--param', [CompletionResultType]::ParameterName, 'Set a rule''s parameter, e.g. limits/weixin-stores.limit=20 (repeatable)')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--lang', '--lang', [CompletionResultType]::ParameterName, 'Language of messages, zh or en [default: from the configuration, else the locale]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--no-config', '--no-config', [CompletionResultType]::ParameterName, 'Ignore the configuration file')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dianjian;rules;new' {
            [CompletionResult]::new('--into', '--into', [CompletionResultType]::ParameterName, 'Folder of the rule pack [default: the first one in the configuration, else ./rules]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [default: dianjian.yaml in this folder or one above]')
            [CompletionResult]::new('--rules', '--rules', [CompletionResultType]::ParameterName, 'Folder of rules to add to the built-in ones (repeatable)')
            [CompletionResult]::new('--mapping', '--mapping', [CompletionResultType]::ParameterName, 'Mapping for files of another layout (repeatable)')
            [CompletionResult]::new('--table', '--table', [CompletionResultType]::ParameterName, 'File of rows to add to a table (repeatable)')
            [CompletionResult]::new('--param', '--param', [CompletionResultType]::ParameterName, 'Set a rule''s parameter, e.g. limits/weixin-stores.limit=20 (repeatable)')
            [CompletionResult]::new('--lang', '--lang', [CompletionResultType]::ParameterName, 'Language of messages, zh or en [default: from the configuration, else the locale]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--no-config', '--no-config', [CompletionResultType]::ParameterName, 'Ignore the configuration file')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dianjian;rules;help' {
            [CompletionResult]::new('test', 'test', [CompletionResultType]::ParameterValue, 'Run the examples of every rule')
            [CompletionResult]::new('evaluate', 'evaluate', [CompletionResultType]::ParameterValue, 'Measure what rules find and miss in labelled texts')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the rules')
            [CompletionResult]::new('lint', 'lint', [CompletionResultType]::ParameterValue, 'Check rule files for mistakes and missing parts')
            [CompletionResult]::new('schema', 'schema', [CompletionResultType]::ParameterValue, 'Print the JSON Schema of a file, for editors')
            [CompletionResult]::new('timeline', 'timeline', [CompletionResultType]::ParameterValue, 'Show when rules and table rows come into force and end')
            [CompletionResult]::new('new', 'new', [CompletionResultType]::ParameterValue, 'Create a rule file with comments')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'dianjian;rules;help;test' {
            break
        }
        'dianjian;rules;help;evaluate' {
            break
        }
        'dianjian;rules;help;list' {
            break
        }
        'dianjian;rules;help;lint' {
            break
        }
        'dianjian;rules;help;schema' {
            break
        }
        'dianjian;rules;help;timeline' {
            break
        }
        'dianjian;rules;help;new' {
            break
        }
        'dianjian;rules;help;help' {
            break
        }
        'dianjian;explain' {
            [CompletionResult]::new('--as-of', '--as-of', [CompletionResultType]::ParameterName, 'Apply the rules in force on this date [default: today in Asia/Shanghai]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [default: dianjian.yaml in this folder or one above]')
            [CompletionResult]::new('--rules', '--rules', [CompletionResultType]::ParameterName, 'Folder of rules to add to the built-in ones (repeatable)')
            [CompletionResult]::new('--mapping', '--mapping', [CompletionResultType]::ParameterName, 'Mapping for files of another layout (repeatable)')
            [CompletionResult]::new('--table', '--table', [CompletionResultType]::ParameterName, 'File of rows to add to a table (repeatable)')
            [CompletionResult]::new('--param', '--param', [CompletionResultType]::ParameterName, 'Set a rule''s parameter, e.g. limits/weixin-stores.limit=20 (repeatable)')
            [CompletionResult]::new('--lang', '--lang', [CompletionResultType]::ParameterName, 'Language of messages, zh or en [default: from the configuration, else the locale]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--no-config', '--no-config', [CompletionResultType]::ParameterName, 'Ignore the configuration file')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dianjian;import' {
            [CompletionResult]::new('--stdin-name', '--stdin-name', [CompletionResultType]::ParameterName, 'Name of standard input in reports; its extension sets the format')
            [CompletionResult]::new('--system', '--system', [CompletionResultType]::ParameterName, 'System to assume for shops whose exports do not name it')
            [CompletionResult]::new('--threads', '--threads', [CompletionResultType]::ParameterName, 'Number of worker threads [default: number of cores]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Folder to write to, one file per shop with its live rooms beside it')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Folder to write to, one file per shop with its live rooms beside it')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [default: dianjian.yaml in this folder or one above]')
            [CompletionResult]::new('--rules', '--rules', [CompletionResultType]::ParameterName, 'Folder of rules to add to the built-in ones (repeatable)')
            [CompletionResult]::new('--mapping', '--mapping', [CompletionResultType]::ParameterName, 'Mapping for files of another layout (repeatable)')
            [CompletionResult]::new('--table', '--table', [CompletionResultType]::ParameterName, 'File of rows to add to a table (repeatable)')
            [CompletionResult]::new('--param', '--param', [CompletionResultType]::ParameterName, 'Set a rule''s parameter, e.g. limits/weixin-stores.limit=20 (repeatable)')
            [CompletionResult]::new('--lang', '--lang', [CompletionResultType]::ParameterName, 'Language of messages, zh or en [default: from the configuration, else the locale]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--no-ignore', '--no-ignore', [CompletionResultType]::ParameterName, 'Include files that .gitignore excludes')
            [CompletionResult]::new('--force-exclude', '--force-exclude', [CompletionResultType]::ParameterName, 'Treat named files as those in folders: obey ignore:, pass over what holds no records (for hooks that name every file)')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Overwrite existing files')
            [CompletionResult]::new('--no-config', '--no-config', [CompletionResultType]::ParameterName, 'Ignore the configuration file')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dianjian;tables' {
            [CompletionResult]::new('--lang', '--lang', [CompletionResultType]::ParameterName, 'Language of messages, zh or en [default: from the configuration, else the locale]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('import', 'import', [CompletionResultType]::ParameterValue, 'Convert category and deposit API responses to dated tables for the rules')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'dianjian;tables;import' {
            [CompletionResult]::new('--stdin-name', '--stdin-name', [CompletionResultType]::ParameterName, 'Name of standard input in reports; its extension sets the format')
            [CompletionResult]::new('--system', '--system', [CompletionResultType]::ParameterName, 'System to assume for shops whose exports do not name it')
            [CompletionResult]::new('--threads', '--threads', [CompletionResultType]::ParameterName, 'Number of worker threads [default: number of cores]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Folder to write to, or a file if there is only one table')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Folder to write to, or a file if there is only one table')
            [CompletionResult]::new('--from', '--from', [CompletionResultType]::ParameterName, 'Date from which the rows hold [default: today in Asia/Shanghai]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [default: dianjian.yaml in this folder or one above]')
            [CompletionResult]::new('--rules', '--rules', [CompletionResultType]::ParameterName, 'Folder of rules to add to the built-in ones (repeatable)')
            [CompletionResult]::new('--mapping', '--mapping', [CompletionResultType]::ParameterName, 'Mapping for files of another layout (repeatable)')
            [CompletionResult]::new('--table', '--table', [CompletionResultType]::ParameterName, 'File of rows to add to a table (repeatable)')
            [CompletionResult]::new('--param', '--param', [CompletionResultType]::ParameterName, 'Set a rule''s parameter, e.g. limits/weixin-stores.limit=20 (repeatable)')
            [CompletionResult]::new('--lang', '--lang', [CompletionResultType]::ParameterName, 'Language of messages, zh or en [default: from the configuration, else the locale]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--no-ignore', '--no-ignore', [CompletionResultType]::ParameterName, 'Include files that .gitignore excludes')
            [CompletionResult]::new('--force-exclude', '--force-exclude', [CompletionResultType]::ParameterName, 'Treat named files as those in folders: obey ignore:, pass over what holds no records (for hooks that name every file)')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Overwrite existing files')
            [CompletionResult]::new('--no-config', '--no-config', [CompletionResultType]::ParameterName, 'Ignore the configuration file')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dianjian;tables;help' {
            [CompletionResult]::new('import', 'import', [CompletionResultType]::ParameterValue, 'Convert category and deposit API responses to dated tables for the rules')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'dianjian;tables;help;import' {
            break
        }
        'dianjian;tables;help;help' {
            break
        }
        'dianjian;template' {
            [CompletionResult]::new('--kind', '--kind', [CompletionResultType]::ParameterName, 'What the table is of: Shop, Product, LiveRoom, Brand, Licence, or a Chinese title [default: by the file''s name]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [default: dianjian.yaml in this folder or one above]')
            [CompletionResult]::new('--rules', '--rules', [CompletionResultType]::ParameterName, 'Folder of rules to add to the built-in ones (repeatable)')
            [CompletionResult]::new('--mapping', '--mapping', [CompletionResultType]::ParameterName, 'Mapping for files of another layout (repeatable)')
            [CompletionResult]::new('--table', '--table', [CompletionResultType]::ParameterName, 'File of rows to add to a table (repeatable)')
            [CompletionResult]::new('--param', '--param', [CompletionResultType]::ParameterName, 'Set a rule''s parameter, e.g. limits/weixin-stores.limit=20 (repeatable)')
            [CompletionResult]::new('--lang', '--lang', [CompletionResultType]::ParameterName, 'Language of messages, zh or en [default: from the configuration, else the locale]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Overwrite existing files')
            [CompletionResult]::new('--no-config', '--no-config', [CompletionResultType]::ParameterName, 'Ignore the configuration file')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dianjian;inventory' {
            [CompletionResult]::new('--stdin-name', '--stdin-name', [CompletionResultType]::ParameterName, 'Name of standard input in reports; its extension sets the format')
            [CompletionResult]::new('--system', '--system', [CompletionResultType]::ParameterName, 'System to assume for shops whose exports do not name it')
            [CompletionResult]::new('--threads', '--threads', [CompletionResultType]::ParameterName, 'Number of worker threads [default: number of cores]')
            [CompletionResult]::new('--as-of', '--as-of', [CompletionResultType]::ParameterName, 'Apply the rules in force on this date [default: today in Asia/Shanghai]')
            [CompletionResult]::new('--by', '--by', [CompletionResultType]::ParameterName, 'Field by which listings are the same goods: sku (the merchant''s code), barcode, or any field of products')
            [CompletionResult]::new('--shop', '--shop', [CompletionResultType]::ParameterName, 'Show the columns of this shop, by id or name (repeatable)')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'Show the columns of this platform, e.g. douyin (repeatable)')
            [CompletionResult]::new('--fail-on', '--fail-on', [CompletionResultType]::ParameterName, 'Lowest severity that makes the exit status 1 [default: error]')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'Format [default: by the name of the file, else text]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Write the table to a file')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Write the table to a file')
            [CompletionResult]::new('--memory', '--memory', [CompletionResultType]::ParameterName, 'MiB of memory for cross-record rules; the rest goes to temporary files [default: 96]')
            [CompletionResult]::new('--only', '--only', [CompletionResultType]::ParameterName, 'Apply only these rules, by id or by pattern such as ''naming/*'' (repeatable)')
            [CompletionResult]::new('--skip', '--skip', [CompletionResultType]::ParameterName, 'Skip these rules, by id or by pattern (repeatable)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [default: dianjian.yaml in this folder or one above]')
            [CompletionResult]::new('--rules', '--rules', [CompletionResultType]::ParameterName, 'Folder of rules to add to the built-in ones (repeatable)')
            [CompletionResult]::new('--mapping', '--mapping', [CompletionResultType]::ParameterName, 'Mapping for files of another layout (repeatable)')
            [CompletionResult]::new('--table', '--table', [CompletionResultType]::ParameterName, 'File of rows to add to a table (repeatable)')
            [CompletionResult]::new('--param', '--param', [CompletionResultType]::ParameterName, 'Set a rule''s parameter, e.g. limits/weixin-stores.limit=20 (repeatable)')
            [CompletionResult]::new('--lang', '--lang', [CompletionResultType]::ParameterName, 'Language of messages, zh or en [default: from the configuration, else the locale]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--no-ignore', '--no-ignore', [CompletionResultType]::ParameterName, 'Include files that .gitignore excludes')
            [CompletionResult]::new('--force-exclude', '--force-exclude', [CompletionResultType]::ParameterName, 'Treat named files as those in folders: obey ignore:, pass over what holds no records (for hooks that name every file)')
            [CompletionResult]::new('--only-differences', '--only-differences', [CompletionResultType]::ParameterName, 'Show only SKUs with something wrong')
            [CompletionResult]::new('--no-config', '--no-config', [CompletionResultType]::ParameterName, 'Ignore the configuration file')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dianjian;audit' {
            [CompletionResult]::new('--stdin-name', '--stdin-name', [CompletionResultType]::ParameterName, 'Name of standard input in reports; its extension sets the format')
            [CompletionResult]::new('--system', '--system', [CompletionResultType]::ParameterName, 'System to assume for shops whose exports do not name it')
            [CompletionResult]::new('--threads', '--threads', [CompletionResultType]::ParameterName, 'Number of worker threads [default: number of cores]')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--only', '--only', [CompletionResultType]::ParameterName, 'Apply only these rules, by id or by pattern such as ''naming/*'' (repeatable)')
            [CompletionResult]::new('--skip', '--skip', [CompletionResultType]::ParameterName, 'Skip these rules, by id or by pattern (repeatable)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [default: dianjian.yaml in this folder or one above]')
            [CompletionResult]::new('--rules', '--rules', [CompletionResultType]::ParameterName, 'Folder of rules to add to the built-in ones (repeatable)')
            [CompletionResult]::new('--mapping', '--mapping', [CompletionResultType]::ParameterName, 'Mapping for files of another layout (repeatable)')
            [CompletionResult]::new('--table', '--table', [CompletionResultType]::ParameterName, 'File of rows to add to a table (repeatable)')
            [CompletionResult]::new('--param', '--param', [CompletionResultType]::ParameterName, 'Set a rule''s parameter, e.g. limits/weixin-stores.limit=20 (repeatable)')
            [CompletionResult]::new('--lang', '--lang', [CompletionResultType]::ParameterName, 'Language of messages, zh or en [default: from the configuration, else the locale]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--no-ignore', '--no-ignore', [CompletionResultType]::ParameterName, 'Include files that .gitignore excludes')
            [CompletionResult]::new('--force-exclude', '--force-exclude', [CompletionResultType]::ParameterName, 'Treat named files as those in folders: obey ignore:, pass over what holds no records (for hooks that name every file)')
            [CompletionResult]::new('--no-config', '--no-config', [CompletionResultType]::ParameterName, 'Ignore the configuration file')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dianjian;forecast' {
            [CompletionResult]::new('--stdin-name', '--stdin-name', [CompletionResultType]::ParameterName, 'Name of standard input in reports; its extension sets the format')
            [CompletionResult]::new('--system', '--system', [CompletionResultType]::ParameterName, 'System to assume for shops whose exports do not name it')
            [CompletionResult]::new('--threads', '--threads', [CompletionResultType]::ParameterName, 'Number of worker threads [default: number of cores]')
            [CompletionResult]::new('--as-of', '--as-of', [CompletionResultType]::ParameterName, 'Apply the rules in force on this date [default: today in Asia/Shanghai]')
            [CompletionResult]::new('--until', '--until', [CompletionResultType]::ParameterName, 'Last date to look ahead to [default: in a year]')
            [CompletionResult]::new('--only', '--only', [CompletionResultType]::ParameterName, 'Apply only these rules, by id or by pattern such as ''naming/*'' (repeatable)')
            [CompletionResult]::new('--skip', '--skip', [CompletionResultType]::ParameterName, 'Skip these rules, by id or by pattern (repeatable)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [default: dianjian.yaml in this folder or one above]')
            [CompletionResult]::new('--rules', '--rules', [CompletionResultType]::ParameterName, 'Folder of rules to add to the built-in ones (repeatable)')
            [CompletionResult]::new('--mapping', '--mapping', [CompletionResultType]::ParameterName, 'Mapping for files of another layout (repeatable)')
            [CompletionResult]::new('--table', '--table', [CompletionResultType]::ParameterName, 'File of rows to add to a table (repeatable)')
            [CompletionResult]::new('--param', '--param', [CompletionResultType]::ParameterName, 'Set a rule''s parameter, e.g. limits/weixin-stores.limit=20 (repeatable)')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--lang', '--lang', [CompletionResultType]::ParameterName, 'Language of messages, zh or en [default: from the configuration, else the locale]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--no-ignore', '--no-ignore', [CompletionResultType]::ParameterName, 'Include files that .gitignore excludes')
            [CompletionResult]::new('--force-exclude', '--force-exclude', [CompletionResultType]::ParameterName, 'Treat named files as those in folders: obey ignore:, pass over what holds no records (for hooks that name every file)')
            [CompletionResult]::new('--no-config', '--no-config', [CompletionResultType]::ParameterName, 'Ignore the configuration file')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dianjian;migrate' {
            [CompletionResult]::new('--lang', '--lang', [CompletionResultType]::ParameterName, 'Language of messages, zh or en [default: from the configuration, else the locale]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('plan', 'plan', [CompletionResultType]::ParameterValue, 'Plan the migration of a fleet of shops')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show a plan as text, Markdown, CSV, workbook, calendar or web page')
            [CompletionResult]::new('apply', 'apply', [CompletionResultType]::ParameterValue, 'Apply a plan''s edits to the files')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Show how far a plan has been applied')
            [CompletionResult]::new('resume', 'resume', [CompletionResultType]::ParameterValue, 'Resume a run that was stopped, cut off or failed')
            [CompletionResult]::new('rollback', 'rollback', [CompletionResultType]::ParameterValue, 'Undo a plan''s edits and restore the exact bytes of the files')
            [CompletionResult]::new('verify', 'verify', [CompletionResultType]::ParameterValue, 'Check the files as of the cut-over date and compare the result with the plan')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'dianjian;migrate;plan' {
            [CompletionResult]::new('--stdin-name', '--stdin-name', [CompletionResultType]::ParameterName, 'Name of standard input in reports; its extension sets the format')
            [CompletionResult]::new('--system', '--system', [CompletionResultType]::ParameterName, 'System to assume for shops whose exports do not name it')
            [CompletionResult]::new('--threads', '--threads', [CompletionResultType]::ParameterName, 'Number of worker threads [default: number of cores]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Where to write the plan')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Where to write the plan')
            [CompletionResult]::new('--as-of', '--as-of', [CompletionResultType]::ParameterName, 'Apply the rules in force on this date [default: today in Asia/Shanghai]')
            [CompletionResult]::new('--cutover', '--cutover', [CompletionResultType]::ParameterName, 'Cut-over date, whose rules the result must pass [default: date of the plan]')
            [CompletionResult]::new('--decisions', '--decisions', [CompletionResultType]::ParameterName, 'File of decisions: names, shops to leave out, shops to keep, options; its form is below')
            [CompletionResult]::new('--write-decisions', '--write-decisions', [CompletionResultType]::ParameterName, 'Write a decisions file to fill in: every open choice with its candidates, as comments')
            [CompletionResult]::new('--per-day', '--per-day', [CompletionResultType]::ParameterName, 'Most shops to migrate in a day')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [default: dianjian.yaml in this folder or one above]')
            [CompletionResult]::new('--rules', '--rules', [CompletionResultType]::ParameterName, 'Folder of rules to add to the built-in ones (repeatable)')
            [CompletionResult]::new('--mapping', '--mapping', [CompletionResultType]::ParameterName, 'Mapping for files of another layout (repeatable)')
            [CompletionResult]::new('--table', '--table', [CompletionResultType]::ParameterName, 'File of rows to add to a table (repeatable)')
            [CompletionResult]::new('--param', '--param', [CompletionResultType]::ParameterName, 'Set a rule''s parameter, e.g. limits/weixin-stores.limit=20 (repeatable)')
            [CompletionResult]::new('--lang', '--lang', [CompletionResultType]::ParameterName, 'Language of messages, zh or en [default: from the configuration, else the locale]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--no-ignore', '--no-ignore', [CompletionResultType]::ParameterName, 'Include files that .gitignore excludes')
            [CompletionResult]::new('--force-exclude', '--force-exclude', [CompletionResultType]::ParameterName, 'Treat named files as those in folders: obey ignore:, pass over what holds no records (for hooks that name every file)')
            [CompletionResult]::new('--no-config', '--no-config', [CompletionResultType]::ParameterName, 'Ignore the configuration file')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dianjian;migrate;show' {
            [CompletionResult]::new('--root', '--root', [CompletionResultType]::ParameterName, 'Folder that the plan''s paths start from [default: as recorded in the plan]')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Write to a file instead of standard output')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Write to a file instead of standard output')
            [CompletionResult]::new('--shop', '--shop', [CompletionResultType]::ParameterName, 'Show only these shops, by key (repeatable)')
            [CompletionResult]::new('--lang', '--lang', [CompletionResultType]::ParameterName, 'Language of messages, zh or en [default: from the configuration, else the locale]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Show every shop and every task, not only the summary and the calendar')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dianjian;migrate;apply' {
            [CompletionResult]::new('--root', '--root', [CompletionResultType]::ParameterName, 'Folder that the plan''s paths start from [default: as recorded in the plan]')
            [CompletionResult]::new('--only', '--only', [CompletionResultType]::ParameterName, 'Apply only these shops, by key; @FILE reads keys from a file, one per line (repeatable)')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--lang', '--lang', [CompletionResultType]::ParameterName, 'Language of messages, zh or en [default: from the configuration, else the locale]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--keep-going', '--keep-going', [CompletionResultType]::ParameterName, 'Go on with the other files when some do not match the plan')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Report what would be done; write nothing')
            [CompletionResult]::new('--diff', '--diff', [CompletionResultType]::ParameterName, 'Print what would change; write nothing')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'List every shop')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dianjian;migrate;status' {
            [CompletionResult]::new('--root', '--root', [CompletionResultType]::ParameterName, 'Folder that the plan''s paths start from [default: as recorded in the plan]')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--lang', '--lang', [CompletionResultType]::ParameterName, 'Language of messages, zh or en [default: from the configuration, else the locale]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'List every shop')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dianjian;migrate;resume' {
            [CompletionResult]::new('--root', '--root', [CompletionResultType]::ParameterName, 'Folder that the plan''s paths start from [default: as recorded in the plan]')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--lang', '--lang', [CompletionResultType]::ParameterName, 'Language of messages, zh or en [default: from the configuration, else the locale]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Report what would be done; write nothing')
            [CompletionResult]::new('--diff', '--diff', [CompletionResultType]::ParameterName, 'Print what would change; write nothing')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'List every shop')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dianjian;migrate;rollback' {
            [CompletionResult]::new('--root', '--root', [CompletionResultType]::ParameterName, 'Folder that the plan''s paths start from [default: as recorded in the plan]')
            [CompletionResult]::new('--shop', '--shop', [CompletionResultType]::ParameterName, 'Undo only these shops, by key; @FILE reads keys from a file, one per line (repeatable)')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--lang', '--lang', [CompletionResultType]::ParameterName, 'Language of messages, zh or en [default: from the configuration, else the locale]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Report what would be done; write nothing')
            [CompletionResult]::new('--diff', '--diff', [CompletionResultType]::ParameterName, 'Print what would change back; write nothing')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'List every shop')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dianjian;migrate;verify' {
            [CompletionResult]::new('--root', '--root', [CompletionResultType]::ParameterName, 'Folder that the plan''s paths start from [default: as recorded in the plan]')
            [CompletionResult]::new('--threads', '--threads', [CompletionResultType]::ParameterName, 'Number of worker threads [default: number of cores]')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [default: dianjian.yaml in this folder or one above]')
            [CompletionResult]::new('--rules', '--rules', [CompletionResultType]::ParameterName, 'Folder of rules to add to the built-in ones (repeatable)')
            [CompletionResult]::new('--mapping', '--mapping', [CompletionResultType]::ParameterName, 'Mapping for files of another layout (repeatable)')
            [CompletionResult]::new('--table', '--table', [CompletionResultType]::ParameterName, 'File of rows to add to a table (repeatable)')
            [CompletionResult]::new('--param', '--param', [CompletionResultType]::ParameterName, 'Set a rule''s parameter, e.g. limits/weixin-stores.limit=20 (repeatable)')
            [CompletionResult]::new('--lang', '--lang', [CompletionResultType]::ParameterName, 'Language of messages, zh or en [default: from the configuration, else the locale]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'List every shop')
            [CompletionResult]::new('--no-config', '--no-config', [CompletionResultType]::ParameterName, 'Ignore the configuration file')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dianjian;migrate;help' {
            [CompletionResult]::new('plan', 'plan', [CompletionResultType]::ParameterValue, 'Plan the migration of a fleet of shops')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show a plan as text, Markdown, CSV, workbook, calendar or web page')
            [CompletionResult]::new('apply', 'apply', [CompletionResultType]::ParameterValue, 'Apply a plan''s edits to the files')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Show how far a plan has been applied')
            [CompletionResult]::new('resume', 'resume', [CompletionResultType]::ParameterValue, 'Resume a run that was stopped, cut off or failed')
            [CompletionResult]::new('rollback', 'rollback', [CompletionResultType]::ParameterValue, 'Undo a plan''s edits and restore the exact bytes of the files')
            [CompletionResult]::new('verify', 'verify', [CompletionResultType]::ParameterValue, 'Check the files as of the cut-over date and compare the result with the plan')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'dianjian;migrate;help;plan' {
            break
        }
        'dianjian;migrate;help;show' {
            break
        }
        'dianjian;migrate;help;apply' {
            break
        }
        'dianjian;migrate;help;status' {
            break
        }
        'dianjian;migrate;help;resume' {
            break
        }
        'dianjian;migrate;help;rollback' {
            break
        }
        'dianjian;migrate;help;verify' {
            break
        }
        'dianjian;migrate;help;help' {
            break
        }
        'dianjian;baseline' {
            [CompletionResult]::new('--lang', '--lang', [CompletionResultType]::ParameterName, 'Language of messages, zh or en [default: from the configuration, else the locale]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('create', 'create', [CompletionResultType]::ParameterValue, 'Record all current findings in a new baseline')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'dianjian;baseline;create' {
            [CompletionResult]::new('--stdin-name', '--stdin-name', [CompletionResultType]::ParameterName, 'Name of standard input in reports; its extension sets the format')
            [CompletionResult]::new('--system', '--system', [CompletionResultType]::ParameterName, 'System to assume for shops whose exports do not name it')
            [CompletionResult]::new('--threads', '--threads', [CompletionResultType]::ParameterName, 'Number of worker threads [default: number of cores]')
            [CompletionResult]::new('--baseline', '--baseline', [CompletionResultType]::ParameterName, 'File to write [default: from the configuration, else dianjian-baseline.json]')
            [CompletionResult]::new('--as-of', '--as-of', [CompletionResultType]::ParameterName, 'Apply the rules in force on this date [default: today in Asia/Shanghai]')
            [CompletionResult]::new('--only', '--only', [CompletionResultType]::ParameterName, 'Apply only these rules, by id or by pattern such as ''naming/*'' (repeatable)')
            [CompletionResult]::new('--skip', '--skip', [CompletionResultType]::ParameterName, 'Skip these rules, by id or by pattern (repeatable)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [default: dianjian.yaml in this folder or one above]')
            [CompletionResult]::new('--rules', '--rules', [CompletionResultType]::ParameterName, 'Folder of rules to add to the built-in ones (repeatable)')
            [CompletionResult]::new('--mapping', '--mapping', [CompletionResultType]::ParameterName, 'Mapping for files of another layout (repeatable)')
            [CompletionResult]::new('--table', '--table', [CompletionResultType]::ParameterName, 'File of rows to add to a table (repeatable)')
            [CompletionResult]::new('--param', '--param', [CompletionResultType]::ParameterName, 'Set a rule''s parameter, e.g. limits/weixin-stores.limit=20 (repeatable)')
            [CompletionResult]::new('--lang', '--lang', [CompletionResultType]::ParameterName, 'Language of messages, zh or en [default: from the configuration, else the locale]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--no-ignore', '--no-ignore', [CompletionResultType]::ParameterName, 'Include files that .gitignore excludes')
            [CompletionResult]::new('--force-exclude', '--force-exclude', [CompletionResultType]::ParameterName, 'Treat named files as those in folders: obey ignore:, pass over what holds no records (for hooks that name every file)')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Overwrite an existing baseline, as `check --accept` does')
            [CompletionResult]::new('--no-config', '--no-config', [CompletionResultType]::ParameterName, 'Ignore the configuration file')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dianjian;baseline;help' {
            [CompletionResult]::new('create', 'create', [CompletionResultType]::ParameterValue, 'Record all current findings in a new baseline')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'dianjian;baseline;help;create' {
            break
        }
        'dianjian;baseline;help;help' {
            break
        }
        'dianjian;serve' {
            [CompletionResult]::new('--state', '--state', [CompletionResultType]::ParameterName, 'Folder for projects and their history [default: that of the user''s data]')
            [CompletionResult]::new('--port', '--port', [CompletionResultType]::ParameterName, 'Port to listen on [default: any free one]')
            [CompletionResult]::new('--listen', '--listen', [CompletionResultType]::ParameterName, 'Address to listen on [default: 127.0.0.1, this machine alone]')
            [CompletionResult]::new('--host', '--host', [CompletionResultType]::ParameterName, 'Further host name under which it is reached, with the port as browsers send it (repeatable)')
            [CompletionResult]::new('--tokens', '--tokens', [CompletionResultType]::ParameterName, 'File with tokens of programs that use the interface, one per line')
            [CompletionResult]::new('--as-of', '--as-of', [CompletionResultType]::ParameterName, 'Apply the rules in force on this date [default: today in Asia/Shanghai]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [default: dianjian.yaml in this folder or one above]')
            [CompletionResult]::new('--rules', '--rules', [CompletionResultType]::ParameterName, 'Folder of rules to add to the built-in ones (repeatable)')
            [CompletionResult]::new('--mapping', '--mapping', [CompletionResultType]::ParameterName, 'Mapping for files of another layout (repeatable)')
            [CompletionResult]::new('--table', '--table', [CompletionResultType]::ParameterName, 'File of rows to add to a table (repeatable)')
            [CompletionResult]::new('--param', '--param', [CompletionResultType]::ParameterName, 'Set a rule''s parameter, e.g. limits/weixin-stores.limit=20 (repeatable)')
            [CompletionResult]::new('--lang', '--lang', [CompletionResultType]::ParameterName, 'Language of messages, zh or en [default: from the configuration, else the locale]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--no-open', '--no-open', [CompletionResultType]::ParameterName, 'Do not open a browser')
            [CompletionResult]::new('--readonly', '--readonly', [CompletionResultType]::ParameterName, 'Change nothing on disk')
            [CompletionResult]::new('--no-config', '--no-config', [CompletionResultType]::ParameterName, 'Ignore the configuration file')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dianjian;lsp' {
            [CompletionResult]::new('--as-of', '--as-of', [CompletionResultType]::ParameterName, 'Apply the rules in force on this date [default: today in Asia/Shanghai]')
            [CompletionResult]::new('--lang', '--lang', [CompletionResultType]::ParameterName, 'Language of messages, zh or en [default: from the configuration, else the locale]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--stdio', '--stdio', [CompletionResultType]::ParameterName, 'Speak over standard input and output, as it always does')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dianjian;ocr' {
            [CompletionResult]::new('--lang', '--lang', [CompletionResultType]::ParameterName, 'Language of messages, zh or en [default: from the configuration, else the locale]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('add', 'add', [CompletionResultType]::ParameterValue, 'Copy the models out of the Python package rapidocr, or out of a folder, and verify them')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'dianjian;ocr;add' {
            [CompletionResult]::new('--lang', '--lang', [CompletionResultType]::ParameterName, 'Language of messages, zh or en [default: from the configuration, else the locale]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dianjian;ocr;help' {
            [CompletionResult]::new('add', 'add', [CompletionResultType]::ParameterValue, 'Copy the models out of the Python package rapidocr, or out of a folder, and verify them')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'dianjian;ocr;help;add' {
            break
        }
        'dianjian;ocr;help;help' {
            break
        }
        'dianjian;doctor' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [default: dianjian.yaml in this folder or one above]')
            [CompletionResult]::new('--rules', '--rules', [CompletionResultType]::ParameterName, 'Folder of rules to add to the built-in ones (repeatable)')
            [CompletionResult]::new('--mapping', '--mapping', [CompletionResultType]::ParameterName, 'Mapping for files of another layout (repeatable)')
            [CompletionResult]::new('--table', '--table', [CompletionResultType]::ParameterName, 'File of rows to add to a table (repeatable)')
            [CompletionResult]::new('--param', '--param', [CompletionResultType]::ParameterName, 'Set a rule''s parameter, e.g. limits/weixin-stores.limit=20 (repeatable)')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--lang', '--lang', [CompletionResultType]::ParameterName, 'Language of messages, zh or en [default: from the configuration, else the locale]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--no-config', '--no-config', [CompletionResultType]::ParameterName, 'Ignore the configuration file')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dianjian;completions' {
            [CompletionResult]::new('--lang', '--lang', [CompletionResultType]::ParameterName, 'Language of messages, zh or en [default: from the configuration, else the locale]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dianjian;help' {
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Check shop files, live rooms, and scripts, pictures and videos given by themselves')
            [CompletionResult]::new('merge', 'merge', [CompletionResultType]::ParameterValue, 'Merge the partial results of all shards of a check into one report')
            [CompletionResult]::new('rules', 'rules', [CompletionResultType]::ParameterValue, 'Test, list, lint and create rules')
            [CompletionResult]::new('explain', 'explain', [CompletionResultType]::ParameterValue, 'Explain a rule, record kind, field or table')
            [CompletionResult]::new('import', 'import', [CompletionResultType]::ParameterValue, 'Convert platform exports and tables to native files')
            [CompletionResult]::new('tables', 'tables', [CompletionResultType]::ParameterValue, 'Build tables from the platform''s category and deposit data')
            [CompletionResult]::new('template', 'template', [CompletionResultType]::ParameterValue, 'Write an empty table with all accepted headings, for filling in')
            [CompletionResult]::new('inventory', 'inventory', [CompletionResultType]::ParameterValue, 'Show every SKU over all shops and platforms: stock, price, state, and what is wrong')
            [CompletionResult]::new('audit', 'audit', [CompletionResultType]::ParameterValue, 'Compare the platform''s rejections with what the rules report')
            [CompletionResult]::new('forecast', 'forecast', [CompletionResultType]::ParameterValue, 'Show which findings will appear or go away, and when')
            [CompletionResult]::new('migrate', 'migrate', [CompletionResultType]::ParameterValue, 'Plan, apply, undo and verify migrations to Weixin Store')
            [CompletionResult]::new('baseline', 'baseline', [CompletionResultType]::ParameterValue, 'Manage the baseline of known findings')
            [CompletionResult]::new('serve', 'serve', [CompletionResultType]::ParameterValue, 'Open the workbench, a page in the browser that checks and migrates without a terminal')
            [CompletionResult]::new('lsp', 'lsp', [CompletionResultType]::ParameterValue, 'Serve an editor over standard input and output (LSP); editors start it themselves')
            [CompletionResult]::new('ocr', 'ocr', [CompletionResultType]::ParameterValue, 'Add what reads text in pictures and videos')
            [CompletionResult]::new('doctor', 'doctor', [CompletionResultType]::ParameterValue, 'Check that rules, ffmpeg and the cache are in place')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print a completion script for a shell')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'dianjian;help;check' {
            break
        }
        'dianjian;help;merge' {
            break
        }
        'dianjian;help;rules' {
            [CompletionResult]::new('test', 'test', [CompletionResultType]::ParameterValue, 'Run the examples of every rule')
            [CompletionResult]::new('evaluate', 'evaluate', [CompletionResultType]::ParameterValue, 'Measure what rules find and miss in labelled texts')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the rules')
            [CompletionResult]::new('lint', 'lint', [CompletionResultType]::ParameterValue, 'Check rule files for mistakes and missing parts')
            [CompletionResult]::new('schema', 'schema', [CompletionResultType]::ParameterValue, 'Print the JSON Schema of a file, for editors')
            [CompletionResult]::new('timeline', 'timeline', [CompletionResultType]::ParameterValue, 'Show when rules and table rows come into force and end')
            [CompletionResult]::new('new', 'new', [CompletionResultType]::ParameterValue, 'Create a rule file with comments')
            break
        }
        'dianjian;help;rules;test' {
            break
        }
        'dianjian;help;rules;evaluate' {
            break
        }
        'dianjian;help;rules;list' {
            break
        }
        'dianjian;help;rules;lint' {
            break
        }
        'dianjian;help;rules;schema' {
            break
        }
        'dianjian;help;rules;timeline' {
            break
        }
        'dianjian;help;rules;new' {
            break
        }
        'dianjian;help;explain' {
            break
        }
        'dianjian;help;import' {
            break
        }
        'dianjian;help;tables' {
            [CompletionResult]::new('import', 'import', [CompletionResultType]::ParameterValue, 'Convert category and deposit API responses to dated tables for the rules')
            break
        }
        'dianjian;help;tables;import' {
            break
        }
        'dianjian;help;template' {
            break
        }
        'dianjian;help;inventory' {
            break
        }
        'dianjian;help;audit' {
            break
        }
        'dianjian;help;forecast' {
            break
        }
        'dianjian;help;migrate' {
            [CompletionResult]::new('plan', 'plan', [CompletionResultType]::ParameterValue, 'Plan the migration of a fleet of shops')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show a plan as text, Markdown, CSV, workbook, calendar or web page')
            [CompletionResult]::new('apply', 'apply', [CompletionResultType]::ParameterValue, 'Apply a plan''s edits to the files')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Show how far a plan has been applied')
            [CompletionResult]::new('resume', 'resume', [CompletionResultType]::ParameterValue, 'Resume a run that was stopped, cut off or failed')
            [CompletionResult]::new('rollback', 'rollback', [CompletionResultType]::ParameterValue, 'Undo a plan''s edits and restore the exact bytes of the files')
            [CompletionResult]::new('verify', 'verify', [CompletionResultType]::ParameterValue, 'Check the files as of the cut-over date and compare the result with the plan')
            break
        }
        'dianjian;help;migrate;plan' {
            break
        }
        'dianjian;help;migrate;show' {
            break
        }
        'dianjian;help;migrate;apply' {
            break
        }
        'dianjian;help;migrate;status' {
            break
        }
        'dianjian;help;migrate;resume' {
            break
        }
        'dianjian;help;migrate;rollback' {
            break
        }
        'dianjian;help;migrate;verify' {
            break
        }
        'dianjian;help;baseline' {
            [CompletionResult]::new('create', 'create', [CompletionResultType]::ParameterValue, 'Record all current findings in a new baseline')
            break
        }
        'dianjian;help;baseline;create' {
            break
        }
        'dianjian;help;serve' {
            break
        }
        'dianjian;help;lsp' {
            break
        }
        'dianjian;help;ocr' {
            [CompletionResult]::new('add', 'add', [CompletionResultType]::ParameterValue, 'Copy the models out of the Python package rapidocr, or out of a folder, and verify them')
            break
        }
        'dianjian;help;ocr;add' {
            break
        }
        'dianjian;help;doctor' {
            break
        }
        'dianjian;help;completions' {
            break
        }
        'dianjian;help;help' {
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
