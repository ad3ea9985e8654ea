# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_dianjian_global_optspecs
    string join \n lang= color= h/help V/version
end

function __fish_dianjian_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_dianjian_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_dianjian_using_subcommand
    set -l cmd (__fish_dianjian_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c dianjian -n "__fish_dianjian_needs_command" -l lang -d 'Language of messages, zh or en [default: from the configuration, else the locale]' -r
complete -c dianjian -n "__fish_dianjian_needs_command" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'Always'
never\t'Never'"
complete -c dianjian -n "__fish_dianjian_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dianjian -n "__fish_dianjian_needs_command" -s V -l version -d 'Print version'
complete -c dianjian -n "__fish_dianjian_needs_command" -f -a "check" -d 'Check shop files, live rooms, and scripts, pictures and videos given by themselves'
complete -c dianjian -n "__fish_dianjian_needs_command" -f -a "merge" -d 'Merge the partial results of all shards of a check into one report'
complete -c dianjian -n "__fish_dianjian_needs_command" -f -a "rules" -d 'Test, list, lint and create rules'
complete -c dianjian -n "__fish_dianjian_needs_command" -f -a "explain" -d 'Explain a rule, record kind, field or table'
complete -c dianjian -n "__fish_dianjian_needs_command" -f -a "import" -d 'Convert platform exports and tables to native files'
complete -c dianjian -n "__fish_dianjian_needs_command" -f -a "tables" -d 'Build tables from the platform\'s category and deposit data'
complete -c dianjian -n "__fish_dianjian_needs_command" -f -a "template" -d 'Write an empty table with all accepted headings, for filling in'
complete -c dianjian -n "__fish_dianjian_needs_command" -f -a "inventory" -d 'Show every SKU over all shops and platforms: stock, price, state, and what is wrong'
complete -c dianjian -n "__fish_dianjian_needs_command" -f -a "audit" -d 'Compare the platform\'s rejections with what the rules report'
complete -c dianjian -n "__fish_dianjian_needs_command" -f -a "forecast" -d 'Show which findings will appear or go away, and when'
complete -c dianjian -n "__fish_dianjian_needs_command" -f -a "migrate" -d 'Plan, apply, undo and verify migrations to Weixin Store'
complete -c dianjian -n "__fish_dianjian_needs_command" -f -a "baseline" -d 'Manage the baseline of known findings'
complete -c dianjian -n "__fish_dianjian_needs_command" -f -a "serve" -d 'Open the workbench, a page in the browser that checks and migrates without a terminal'
complete -c dianjian -n "__fish_dianjian_needs_command" -f -a "lsp" -d 'Serve an editor over standard input and output (LSP); editors start it themselves'
complete -c dianjian -n "__fish_dianjian_needs_command" -f -a "ocr" -d 'Add what reads text in pictures and videos'
complete -c dianjian -n "__fish_dianjian_needs_command" -f -a "doctor" -d 'Check that rules, ffmpeg and the cache are in place'
complete -c dianjian -n "__fish_dianjian_needs_command" -f -a "completions" -d 'Print a completion script for a shell'
complete -c dianjian -n "__fish_dianjian_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c dianjian -n "__fish_dianjian_using_subcommand check" -l stdin-name -d 'Name of standard input in reports; its extension sets the format' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand check" -l system -d 'System to assume for shops whose exports do not name it' -r -f -a "mini-store\t'Mini Store (2020)'
channels-store\t'Channels Store (2022)'
weixin-store\t'Weixin Store (2024)'
mini-program-mall\t'Mini-program mall'"
complete -c dianjian -n "__fish_dianjian_using_subcommand check" -l threads -d 'Number of worker threads [default: number of cores]' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand check" -l as -d 'What pictures and videos among the paths are material of, those in folders too [default: live, in folders without tables or records]' -r -f -a "live\t'A live room'
cover\t'The cover of a live room'
homepage\t'The homepage of a shop'
product\t'Pictures of products'"
complete -c dianjian -n "__fish_dianjian_using_subcommand check" -l as-of -d 'Apply the rules in force on this date [default: today in Asia/Shanghai]' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand check" -l fail-on -d 'Lowest severity that makes the exit status 1 [default: error]' -r -f -a "error\t'Errors'
warning\t'Errors and warnings'
info\t'All findings'
never\t'Never'"
complete -c dianjian -n "__fish_dianjian_using_subcommand check" -l format -d 'Format of the report on standard output [default: pretty]' -r -f -a "pretty\t'For people at a terminal: excerpts, help, evidence'
short\t'One finding per line: file, line, column, severity, rule, message'
json\t'Everything as one JSON document; schema in schemas/report.schema.json'
sarif\t'SARIF 2.1.0'
junit\t'JUnit XML: a suite per file, a case per finding'
github\t'GitHub workflow commands, shown as annotations'
gitlab\t'GitLab code quality JSON'
markdown\t'Markdown tables, e.g. for a comment on a pull request'
xlsx\t'Workbook for Excel, WPS and LibreOffice: findings, and the checked tables with cells marked; needs a file: -o xlsx=FILE'"
complete -c dianjian -n "__fish_dianjian_using_subcommand check" -s o -l output -d 'Write a further report to a file, e.g. sarif=report.sarif (repeatable)' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand check" -l min-severity -d 'Do not list findings below this severity; they are counted, and do not affect the exit status' -r -f -a "error\t'Errors'
warning\t'Errors and warnings'
info\t'All findings'"
complete -c dianjian -n "__fish_dianjian_using_subcommand check" -l min-confidence -d 'Do not list findings of rules whose evidence is weaker; they are counted, and do not affect the exit status' -r -f -a "high\t'Official text or independent sources'
medium\t'Also a copy or one good source'
low\t'All findings'"
complete -c dianjian -n "__fish_dianjian_using_subcommand check" -l changed-since -d 'Read everything, list only findings in files that changed since this commit or branch, untracked ones too' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand check" -l report-only -d 'Read everything, list only findings in these files or folders (repeatable)' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand check" -l annotate -d 'Write copies of pictures and of the best video frames, with boxes around the codes found; not into a folder of assets' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand check" -l ocr -d 'Read text in pictures with the models in this folder, or with the small ones in the program (`builtin`) [default: DIANJIAN_OCR, else what `dianjian ocr add` added, else `builtin`]' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand check" -l fix -d 'Fix files in place; without a value, apply safe fixes only' -r -f -a "safe\t'Fixes that are certain to be right'
unsafe\t'Also fixes that may change the meaning: review them'"
complete -c dianjian -n "__fish_dianjian_using_subcommand check" -l shard -d 'Check shard I of N only and write a partial result for `dianjian merge`' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand check" -l partial -d 'Where to write the partial result [default: dianjian-I-of-N.partial]' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand check" -l memory -d 'MiB of memory for cross-record rules; the rest goes to temporary files [default: 96]' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand check" -l baseline -d 'File of known findings, which are not reported [default: from the configuration]' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand check" -l only -d 'Apply only these rules, by id or by pattern such as \'naming/*\' (repeatable)' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand check" -l skip -d 'Skip these rules, by id or by pattern (repeatable)' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand check" -l config -d 'Configuration file [default: dianjian.yaml in this folder or one above]' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand check" -l rules -d 'Folder of rules to add to the built-in ones (repeatable)' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand check" -l mapping -d 'Mapping for files of another layout (repeatable)' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand check" -l table -d 'File of rows to add to a table (repeatable)' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand check" -l param -d 'Set a rule\'s parameter, e.g. limits/weixin-stores.limit=20 (repeatable)' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand check" -l lang -d 'Language of messages, zh or en [default: from the configuration, else the locale]' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand check" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'Always'
never\t'Never'"
complete -c dianjian -n "__fish_dianjian_using_subcommand check" -l no-ignore -d 'Include files that .gitignore excludes'
complete -c dianjian -n "__fish_dianjian_using_subcommand check" -l force-exclude -d 'Treat named files as those in folders: obey ignore:, pass over what holds no records (for hooks that name every file)'
complete -c dianjian -n "__fish_dianjian_using_subcommand check" -s q -l quiet -d 'Print nothing to standard output'
complete -c dianjian -n "__fish_dianjian_using_subcommand check" -l no-fold -d 'List every finding; by default pretty folds like ones into one block with a few places'
complete -c dianjian -n "__fish_dianjian_using_subcommand check" -l statistics -d 'Print counts by rule instead of findings (pretty, short); json has them in its summary'
complete -c dianjian -n "__fish_dianjian_using_subcommand check" -l list-files -d 'List every input with what became of it and why (checked, passed over, not understood, unreadable); the list takes the place of the report unless --format asks for one, and then goes to standard error. Files that are not meant to be checked go under `ignore:` in dianjian.yaml'
complete -c dianjian -n "__fish_dianjian_using_subcommand check" -l no-cache -d 'Scan every picture and video again, without reading or writing the cache'
complete -c dianjian -n "__fish_dianjian_using_subcommand check" -l no-pictures -d 'Show no thumbnails, even on a terminal that supports them'
complete -c dianjian -n "__fish_dianjian_using_subcommand check" -l no-ocr -d 'Do not read text in pictures and videos; codes are still looked for'
complete -c dianjian -n "__fish_dianjian_using_subcommand check" -l diff -d 'Print what --fix would change; change nothing'
complete -c dianjian -n "__fish_dianjian_using_subcommand check" -l update-baseline -d 'Drop findings that no longer occur from the baseline; never add any'
complete -c dianjian -n "__fish_dianjian_using_subcommand check" -l accept -d 'Rewrite the baseline with all current findings'
complete -c dianjian -n "__fish_dianjian_using_subcommand check" -l no-config -d 'Ignore the configuration file'
complete -c dianjian -n "__fish_dianjian_using_subcommand check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dianjian -n "__fish_dianjian_using_subcommand merge" -l threads -d 'Number of worker threads [default: number of cores]' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand merge" -l fail-on -d 'Lowest severity that makes the exit status 1 [default: error]' -r -f -a "error\t'Errors'
warning\t'Errors and warnings'
info\t'All findings'
never\t'Never'"
complete -c dianjian -n "__fish_dianjian_using_subcommand merge" -l memory -d 'MiB of memory for cross-record rules; the rest goes to temporary files [default: 96]' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand merge" -l format -d 'Format of the report on standard output [default: pretty]' -r -f -a "pretty\t'For people at a terminal: excerpts, help, evidence'
short\t'One finding per line: file, line, column, severity, rule, message'
json\t'Everything as one JSON document; schema in schemas/report.schema.json'
sarif\t'SARIF 2.1.0'
junit\t'JUnit XML: a suite per file, a case per finding'
github\t'GitHub workflow commands, shown as annotations'
gitlab\t'GitLab code quality JSON'
markdown\t'Markdown tables, e.g. for a comment on a pull request'
xlsx\t'Workbook for Excel, WPS and LibreOffice: findings, and the checked tables with cells marked; needs a file: -o xlsx=FILE'"
complete -c dianjian -n "__fish_dianjian_using_subcommand merge" -s o -l output -d 'Write a further report to a file, e.g. sarif=report.sarif (repeatable)' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand merge" -l min-severity -d 'Do not list findings below this severity; they are counted, and do not affect the exit status' -r -f -a "error\t'Errors'
warning\t'Errors and warnings'
info\t'All findings'"
complete -c dianjian -n "__fish_dianjian_using_subcommand merge" -l min-confidence -d 'Do not list findings of rules whose evidence is weaker; they are counted, and do not affect the exit status' -r -f -a "high\t'Official text or independent sources'
medium\t'Also a copy or one good source'
low\t'All findings'"
complete -c dianjian -n "__fish_dianjian_using_subcommand merge" -l changed-since -d 'Read everything, list only findings in files that changed since this commit or branch, untracked ones too' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand merge" -l report-only -d 'Read everything, list only findings in these files or folders (repeatable)' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand merge" -l baseline -d 'File of known findings, which are not reported [default: from the configuration]' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand merge" -l config -d 'Configuration file [default: dianjian.yaml in this folder or one above]' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand merge" -l rules -d 'Folder of rules to add to the built-in ones (repeatable)' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand merge" -l mapping -d 'Mapping for files of another layout (repeatable)' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand merge" -l table -d 'File of rows to add to a table (repeatable)' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand merge" -l param -d 'Set a rule\'s parameter, e.g. limits/weixin-stores.limit=20 (repeatable)' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand merge" -l lang -d 'Language of messages, zh or en [default: from the configuration, else the locale]' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand merge" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'Always'
never\t'Never'"
complete -c dianjian -n "__fish_dianjian_using_subcommand merge" -s q -l quiet -d 'Print nothing to standard output'
complete -c dianjian -n "__fish_dianjian_using_subcommand merge" -l no-fold -d 'List every finding; by default pretty folds like ones into one block with a few places'
complete -c dianjian -n "__fish_dianjian_using_subcommand merge" -l statistics -d 'Print counts by rule instead of findings (pretty, short); json has them in its summary'
complete -c dianjian -n "__fish_dianjian_using_subcommand merge" -l list-files -d 'List every input with what became of it and why (checked, passed over, not understood, unreadable); the list takes the place of the report unless --format asks for one, and then goes to standard error. Files that are not meant to be checked go under `ignore:` in dianjian.yaml'
complete -c dianjian -n "__fish_dianjian_using_subcommand merge" -l update-baseline -d 'Drop findings that no longer occur from the baseline; never add any'
complete -c dianjian -n "__fish_dianjian_using_subcommand merge" -l accept -d 'Rewrite the baseline with all current findings'
complete -c dianjian -n "__fish_dianjian_using_subcommand merge" -l no-config -d 'Ignore the configuration file'
complete -c dianjian -n "__fish_dianjian_using_subcommand merge" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dianjian -n "__fish_dianjian_using_subcommand rules; and not __fish_seen_subcommand_from test evaluate list lint schema timeline new help" -l lang -d 'Language of messages, zh or en [default: from the configuration, else the locale]' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand rules; and not __fish_seen_subcommand_from test evaluate list lint schema timeline new help" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'Always'
never\t'Never'"
complete -c dianjian -n "__fish_dianjian_using_subcommand rules; and not __fish_seen_subcommand_from test evaluate list lint schema timeline new help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dianjian -n "__fish_dianjian_using_subcommand rules; and not __fish_seen_subcommand_from test evaluate list lint schema timeline new help" -f -a "test" -d 'Run the examples of every rule'
complete -c dianjian -n "__fish_dianjian_using_subcommand rules; and not __fish_seen_subcommand_from test evaluate list lint schema timeline new help" -f -a "evaluate" -d 'Measure what rules find and miss in labelled texts'
complete -c dianjian -n "__fish_dianjian_using_subcommand rules; and not __fish_seen_subcommand_from test evaluate list lint schema timeline new help" -f -a "list" -d 'List the rules'
complete -c dianjian -n "__fish_dianjian_using_subcommand rules; and not __fish_seen_subcommand_from test evaluate list lint schema timeline new help" -f -a "lint" -d 'Check rule files for mistakes and missing parts'
complete -c dianjian -n "__fish_dianjian_using_subcommand rules; and not __fish_seen_subcommand_from test evaluate list lint schema timeline new help" -f -a "schema" -d 'Print the JSON Schema of a file, for editors'
complete -c dianjian -n "__fish_dianjian_using_subcommand rules; and not __fish_seen_subcommand_from test evaluate list lint schema timeline new help" -f -a "timeline" -d 'Show when rules and table rows come into force and end'
complete -c dianjian -n "__fish_dianjian_using_subcommand rules; and not __fish_seen_subcommand_from test evaluate list lint schema timeline new help" -f -a "new" -d 'Create a rule file with comments'
complete -c dianjian -n "__fish_dianjian_using_subcommand rules; and not __fish_seen_subcommand_from test evaluate list lint schema timeline new help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c dianjian -n "__fish_dianjian_using_subcommand rules; and __fish_seen_subcommand_from test" -l config -d 'Configuration file [default: dianjian.yaml in this folder or one above]' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand rules; and __fish_seen_subcommand_from test" -l rules -d 'Folder of rules to add to the built-in ones (repeatable)' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand rules; and __fish_seen_subcommand_from test" -l mapping -d 'Mapping for files of another layout (repeatable)' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand rules; and __fish_seen_subcommand_from test" -l table -d 'File of rows to add to a table (repeatable)' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand rules; and __fish_seen_subcommand_from test" -l param -d 'Set a rule\'s parameter, e.g. limits/weixin-stores.limit=20 (repeatable)' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand rules; and __fish_seen_subcommand_from test" -l lang -d 'Language of messages, zh or en [default: from the configuration, else the locale]' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand rules; and __fish_seen_subcommand_from test" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'Always'
never\t'Never'"
complete -c dianjian -n "__fish_dianjian_using_subcommand rules; and __fish_seen_subcommand_from test" -s v -l verbose -d 'Also list the rules whose examples hold'
complete -c dianjian -n "__fish_dianjian_using_subcommand rules; and __fish_seen_subcommand_from test" -l no-config -d 'Ignore the configuration file'
complete -c dianjian -n "__fish_dianjian_using_subcommand rules; and __fish_seen_subcommand_from test" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dianjian -n "__fish_dianjian_using_subcommand rules; and __fish_seen_subcommand_from evaluate" -l floor -d 'File of measures with their floors and ceilings; below a floor the exit status is 1' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand rules; and __fish_seen_subcommand_from evaluate" -l as-of -d 'Apply the rules in force on this date [default: today in Asia/Shanghai]' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand rules; and __fish_seen_subcommand_from evaluate" -l config -d 'Configuration file [default: dianjian.yaml in this folder or one above]' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand rules; and __fish_seen_subcommand_from evaluate" -l rules -d 'Folder of rules to add to the built-in ones (repeatable)' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand rules; and __fish_seen_subcommand_from evaluate" -l mapping -d 'Mapping for files of another layout (repeatable)' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand rules; and __fish_seen_subcommand_from evaluate" -l table -d 'File of rows to add to a table (repeatable)' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand rules; and __fish_seen_subcommand_from evaluate" -l param -d 'Set a rule\'s parameter, e.g. limits/weixin-stores.limit=20 (repeatable)' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand rules; and __fish_seen_subcommand_from evaluate" -l format -d 'Output format' -r -f -a "human\t'Text for people'
json\t'JSON for programs'"
complete -c dianjian -n "__fish_dianjian_using_subcommand rules; and __fish_seen_subcommand_from evaluate" -l lang -d 'Language of messages, zh or en [default: from the configuration, else the locale]' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand rules; and __fish_seen_subcommand_from evaluate" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'Always'
never\t'Never'"
complete -c dianjian -n "__fish_dianjian_using_subcommand rules; and __fish_seen_subcommand_from evaluate" -l no-config -d 'Ignore the configuration file'
complete -c dianjian -n "__fish_dianjian_using_subcommand rules; and __fish_seen_subcommand_from evaluate" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dianjian -n "__fish_dianjian_using_subcommand rules; and __fish_seen_subcommand_from list" -l as-of -d 'Apply the rules in force on this date [default: today in Asia/Shanghai]' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand rules; and __fish_seen_subcommand_from list" -l config -d 'Configuration file [default: dianjian.yaml in this folder or one above]' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand rules; and __fish_seen_subcommand_from list" -l rules -d 'Folder of rules to add to the built-in ones (repeatable)' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand rules; and __fish_seen_subcommand_from list" -l mapping -d 'Mapping for files of another layout (repeatable)' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand rules; and __fish_seen_subcommand_from list" -l table -d 'File of rows to add to a table (repeatable)' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand rules; and __fish_seen_subcommand_from list" -l param -d 'Set a rule\'s parameter, e.g. limits/weixin-stores.limit=20 (repeatable)' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand rules; and __fish_seen_subcommand_from list" -l format -d 'Output format' -r -f -a "human\t'Text for people'
json\t'JSON for programs'"
complete -c dianjian -n "__fish_dianjian_using_subcommand rules; and __fish_seen_subcommand_from list" -l lang -d 'Language of messages, zh or en [default: from the configuration, else the locale]' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand rules; and __fish_seen_subcommand_from list" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'Always'
never\t'Never'"
complete -c dianjian -n "__fish_dianjian_using_subcommand rules; and __fish_seen_subcommand_from list" -l no-config -d 'Ignore the configuration file'
complete -c dianjian -n "__fish_dianjian_using_subcommand rules; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dianjian -n "__fish_dianjian_using_subcommand rules; and __fish_seen_subcommand_from lint" -l config -d 'Configuration file [default: dianjian.yaml in this folder or one above]' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand rules; and __fish_seen_subcommand_from lint" -l rules -d 'Folder of rules to add to the built-in ones (repeatable)' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand rules; and __fish_seen_subcommand_from lint" -l mapping -d 'Mapping for files of another layout (repeatable)' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand rules; and __fish_seen_subcommand_from lint" -l table -d 'File of rows to add to a table (repeatable)' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand rules; and __fish_seen_subcommand_from lint" -l param -d 'Set a rule\'s parameter, e.g. limits/weixin-stores.limit=20 (repeatable)' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand rules; and __fish_seen_subcommand_from lint" -l lang -d 'Language of messages, zh or en [default: from the configuration, else the locale]' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand rules; and __fish_seen_subcommand_from lint" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'Always'
never\t'Never'"
complete -c dianjian -n "__fish_dianjian_using_subcommand rules; and __fish_seen_subcommand_from lint" -l no-config -d 'Ignore the configuration file'
complete -c dianjian -n "__fish_dianjian_using_subcommand rules; and __fish_seen_subcommand_from lint" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dianjian -n "__fish_dianjian_using_subcommand rules; and __fish_seen_subcommand_from schema" -l config -d 'Configuration file [default: dianjian.yaml in this folder or one above]' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand rules; and __fish_seen_subcommand_from schema" -l rules -d 'Folder of rules to add to the built-in ones (repeatable)' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand rules; and __fish_seen_subcommand_from schema" -l mapping -d 'Mapping for files of another layout (repeatable)' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand rules; and __fish_seen_subcommand_from schema" -l table -d 'File of rows to add to a table (repeatable)' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand rules; and __fish_seen_subcommand_from schema" -l param -d 'Set a rule\'s parameter, e.g. limits/weixin-stores.limit=20 (repeatable)' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand rules; and __fish_seen_subcommand_from schema" -l lang -d 'Language of messages, zh or en [default: from the configuration, else the locale]' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand rules; and __fish_seen_subcommand_from schema" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'Always'
never\t'Never'"
complete -c dianjian -n "__fish_dianjian_using_subcommand rules; and __fish_seen_subcommand_from schema" -l no-config -d 'Ignore the configuration file'
complete -c dianjian -n "__fish_dianjian_using_subcommand rules; and __fish_seen_subcommand_from schema" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dianjian -n "__fish_dianjian_using_subcommand rules; and __fish_seen_subcommand_from timeline" -l from -d 'Only changes on or after this date' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand rules; and __fish_seen_subcommand_from timeline" -l as-of -d 'Apply the rules in force on this date [default: today in Asia/Shanghai]' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand rules; and __fish_seen_subcommand_from timeline" -l config -d 'Configuration file [default: dianjian.yaml in this folder or one above]' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand rules; and __fish_seen_subcommand_from timeline" -l rules -d 'Folder of rules to add to the built-in ones (repeatable)' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand rules; and __fish_seen_subcommand_from timeline" -l mapping -d 'Mapping for files of another layout (repeatable)' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand rules; and __fish_seen_subcommand_from timeline" -l table -d 'File of rows to add to a table (repeatable)' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand rules; and __fish_seen_subcommand_from timeline" -l param -d 'Set a rule\'s parameter, e.g. limits/weixin-stores.limit=20 (repeatable)' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand rules; and __fish_seen_subcommand_from timeline" -l format -d 'Output format' -r -f -a "human\t'Text for people'
json\t'JSON for programs'"
complete -c dianjian -n "__fish_dianjian_using_subcommand rules; and __fish_seen_subcommand_from timeline" -l lang -d 'Language of messages, zh or en [default: from the configuration, else the locale]' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand rules; and __fish_seen_subcommand_from timeline" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'Always'
never\t'Never'"
complete -c dianjian -n "__fish_dianjian_using_subcommand rules; and __fish_seen_subcommand_from timeline" -l no-config -d 'Ignore the configuration file'
complete -c dianjian -n "__fish_dianjian_using_subcommand rules; and __fish_seen_subcommand_from timeline" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dianjian -n "__fish_dianjian_using_subcommand rules; and __fish_seen_subcommand_from new" -l into -d 'Folder of the rule pack [default: the first one in the configuration, else ./rules]' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand rules; and __fish_seen_subcommand_from new" -l config -d 'Configuration file [default: dianjian.yaml in this folder or one above]' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand rules; and __fish_seen_subcommand_from new" -l rules -d 'Folder of rules to add to the built-in ones (repeatable)' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand rules; and __fish_seen_subcommand_from new" -l mapping -d 'Mapping for files of another layout (repeatable)' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand rules; and __fish_seen_subcommand_from new" -l table -d 'File of rows to add to a table (repeatable)' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand rules; and __fish_seen_subcommand_from new" -l param -d 'Set a rule\'s parameter, e.g. limits/weixin-stores.limit=20 (repeatable)' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand rules; and __fish_seen_subcommand_from new" -l lang -d 'Language of messages, zh or en [default: from the configuration, else the locale]' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand rules; and __fish_seen_subcommand_from new" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'Always'
never\t'Never'"
complete -c dianjian -n "__fish_dianjian_using_subcommand rules; and __fish_seen_subcommand_from new" -l no-config -d 'Ignore the configuration file'
complete -c dianjian -n "__fish_dianjian_using_subcommand rules; and __fish_seen_subcommand_from new" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dianjian -n "__fish_dianjian_using_subcommand rules; and __fish_seen_subcommand_from help" -f -a "test" -d 'Run the examples of every rule'
complete -c dianjian -n "__fish_dianjian_using_subcommand rules; and __fish_seen_subcommand_from help" -f -a "evaluate" -d 'Measure what rules find and miss in labelled texts'
complete -c dianjian -n "__fish_dianjian_using_subcommand rules; and __fish_seen_subcommand_from help" -f -a "list" -d 'List the rules'
complete -c dianjian -n "__fish_dianjian_using_subcommand rules; and __fish_seen_subcommand_from help" -f -a "lint" -d 'Check rule files for mistakes and missing parts'
complete -c dianjian -n "__fish_dianjian_using_subcommand rules; and __fish_seen_subcommand_from help" -f -a "schema" -d 'Print the JSON Schema of a file, for editors'
complete -c dianjian -n "__fish_dianjian_using_subcommand rules; and __fish_seen_subcommand_from help" -f -a "timeline" -d 'Show when rules and table rows come into force and end'
complete -c dianjian -n "__fish_dianjian_using_subcommand rules; and __fish_seen_subcommand_from help" -f -a "new" -d 'Create a rule file with comments'
complete -c dianjian -n "__fish_dianjian_using_subcommand rules; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c dianjian -n "__fish_dianjian_using_subcommand explain" -l as-of -d 'Apply the rules in force on this date [default: today in Asia/Shanghai]' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand explain" -l config -d 'Configuration file [default: dianjian.yaml in this folder or one above]' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand explain" -l rules -d 'Folder of rules to add to the built-in ones (repeatable)' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand explain" -l mapping -d 'Mapping for files of another layout (repeatable)' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand explain" -l table -d 'File of rows to add to a table (repeatable)' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand explain" -l param -d 'Set a rule\'s parameter, e.g. limits/weixin-stores.limit=20 (repeatable)' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand explain" -l lang -d 'Language of messages, zh or en [default: from the configuration, else the locale]' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand explain" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'Always'
never\t'Never'"
complete -c dianjian -n "__fish_dianjian_using_subcommand explain" -l no-config -d 'Ignore the configuration file'
complete -c dianjian -n "__fish_dianjian_using_subcommand explain" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dianjian -n "__fish_dianjian_using_subcommand import" -l stdin-name -d 'Name of standard input in reports; its extension sets the format' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand import" -l system -d 'System to assume for shops whose exports do not name it' -r -f -a "mini-store\t'Mini Store (2020)'
channels-store\t'Channels Store (2022)'
weixin-store\t'Weixin Store (2024)'
mini-program-mall\t'Mini-program mall'"
complete -c dianjian -n "__fish_dianjian_using_subcommand import" -l threads -d 'Number of worker threads [default: number of cores]' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand import" -s o -l output -d 'Folder to write to, one file per shop with its live rooms beside it' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand import" -l config -d 'Configuration file [default: dianjian.yaml in this folder or one above]' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand import" -l rules -d 'Folder of rules to add to the built-in ones (repeatable)' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand import" -l mapping -d 'Mapping for files of another layout (repeatable)' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand import" -l table -d 'File of rows to add to a table (repeatable)' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand import" -l param -d 'Set a rule\'s parameter, e.g. limits/weixin-stores.limit=20 (repeatable)' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand import" -l lang -d 'Language of messages, zh or en [default: from the configuration, else the locale]' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand import" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'Always'
never\t'Never'"
complete -c dianjian -n "__fish_dianjian_using_subcommand import" -l no-ignore -d 'Include files that .gitignore excludes'
complete -c dianjian -n "__fish_dianjian_using_subcommand import" -l force-exclude -d 'Treat named files as those in folders: obey ignore:, pass over what holds no records (for hooks that name every file)'
complete -c dianjian -n "__fish_dianjian_using_subcommand import" -l force -d 'Overwrite existing files'
complete -c dianjian -n "__fish_dianjian_using_subcommand import" -l no-config -d 'Ignore the configuration file'
complete -c dianjian -n "__fish_dianjian_using_subcommand import" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dianjian -n "__fish_dianjian_using_subcommand tables; and not __fish_seen_subcommand_from import help" -l lang -d 'Language of messages, zh or en [default: from the configuration, else the locale]' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand tables; and not __fish_seen_subcommand_from import help" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'Always'
never\t'Never'"
complete -c dianjian -n "__fish_dianjian_using_subcommand tables; and not __fish_seen_subcommand_from import help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dianjian -n "__fish_dianjian_using_subcommand tables; and not __fish_seen_subcommand_from import help" -f -a "import" -d 'Convert category and deposit API responses to dated tables for the rules'
complete -c dianjian -n "__fish_dianjian_using_subcommand tables; and not __fish_seen_subcommand_from import help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c dianjian -n "__fish_dianjian_using_subcommand tables; and __fish_seen_subcommand_from import" -l stdin-name -d 'Name of standard input in reports; its extension sets the format' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand tables; and __fish_seen_subcommand_from import" -l system -d 'System to assume for shops whose exports do not name it' -r -f -a "mini-store\t'Mini Store (2020)'
channels-store\t'Channels Store (2022)'
weixin-store\t'Weixin Store (2024)'
mini-program-mall\t'Mini-program mall'"
complete -c dianjian -n "__fish_dianjian_using_subcommand tables; and __fish_seen_subcommand_from import" -l threads -d 'Number of worker threads [default: number of cores]' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand tables; and __fish_seen_subcommand_from import" -s o -l output -d 'Folder to write to, or a file if there is only one table' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand tables; and __fish_seen_subcommand_from import" -l from -d 'Date from which the rows hold [default: today in Asia/Shanghai]' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand tables; and __fish_seen_subcommand_from import" -l config -d 'Configuration file [default: dianjian.yaml in this folder or one above]' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand tables; and __fish_seen_subcommand_from import" -l rules -d 'Folder of rules to add to the built-in ones (repeatable)' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand tables; and __fish_seen_subcommand_from import" -l mapping -d 'Mapping for files of another layout (repeatable)' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand tables; and __fish_seen_subcommand_from import" -l table -d 'File of rows to add to a table (repeatable)' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand tables; and __fish_seen_subcommand_from import" -l param -d 'Set a rule\'s parameter, e.g. limits/weixin-stores.limit=20 (repeatable)' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand tables; and __fish_seen_subcommand_from import" -l lang -d 'Language of messages, zh or en [default: from the configuration, else the locale]' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand tables; and __fish_seen_subcommand_from import" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'Always'
never\t'Never'"
complete -c dianjian -n "__fish_dianjian_using_subcommand tables; and __fish_seen_subcommand_from import" -l no-ignore -d 'Include files that .gitignore excludes'
complete -c dianjian -n "__fish_dianjian_using_subcommand tables; and __fish_seen_subcommand_from import" -l force-exclude -d 'Treat named files as those in folders: obey ignore:, pass over what holds no records (for hooks that name every file)'
complete -c dianjian -n "__fish_dianjian_using_subcommand tables; and __fish_seen_subcommand_from import" -l force -d 'Overwrite existing files'
complete -c dianjian -n "__fish_dianjian_using_subcommand tables; and __fish_seen_subcommand_from import" -l no-config -d 'Ignore the configuration file'
complete -c dianjian -n "__fish_dianjian_using_subcommand tables; and __fish_seen_subcommand_from import" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dianjian -n "__fish_dianjian_using_subcommand tables; and __fish_seen_subcommand_from help" -f -a "import" -d 'Convert category and deposit API responses to dated tables for the rules'
complete -c dianjian -n "__fish_dianjian_using_subcommand tables; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c dianjian -n "__fish_dianjian_using_subcommand template" -l kind -d 'What the table is of: Shop, Product, LiveRoom, Brand, Licence, or a Chinese title [default: by the file\'s name]' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand template" -l config -d 'Configuration file [default: dianjian.yaml in this folder or one above]' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand template" -l rules -d 'Folder of rules to add to the built-in ones (repeatable)' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand template" -l mapping -d 'Mapping for files of another layout (repeatable)' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand template" -l table -d 'File of rows to add to a table (repeatable)' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand template" -l param -d 'Set a rule\'s parameter, e.g. limits/weixin-stores.limit=20 (repeatable)' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand template" -l lang -d 'Language of messages, zh or en [default: from the configuration, else the locale]' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand template" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'Always'
never\t'Never'"
complete -c dianjian -n "__fish_dianjian_using_subcommand template" -l force -d 'Overwrite existing files'
complete -c dianjian -n "__fish_dianjian_using_subcommand template" -l no-config -d 'Ignore the configuration file'
complete -c dianjian -n "__fish_dianjian_using_subcommand template" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dianjian -n "__fish_dianjian_using_subcommand inventory" -l stdin-name -d 'Name of standard input in reports; its extension sets the format' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand inventory" -l system -d 'System to assume for shops whose exports do not name it' -r -f -a "mini-store\t'Mini Store (2020)'
channels-store\t'Channels Store (2022)'
weixin-store\t'Weixin Store (2024)'
mini-program-mall\t'Mini-program mall'"
complete -c dianjian -n "__fish_dianjian_using_subcommand inventory" -l threads -d 'Number of worker threads [default: number of cores]' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand inventory" -l as-of -d 'Apply the rules in force on this date [default: today in Asia/Shanghai]' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand inventory" -l by -d 'Field by which listings are the same goods: sku (the merchant\'s code), barcode, or any field of products' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand inventory" -l shop -d 'Show the columns of this shop, by id or name (repeatable)' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand inventory" -l platform -d 'Show the columns of this platform, e.g. douyin (repeatable)' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand inventory" -l fail-on -d 'Lowest severity that makes the exit status 1 [default: error]' -r -f -a "error\t'Errors'
warning\t'Errors and warnings'
info\t'All findings'
never\t'Never'"
complete -c dianjian -n "__fish_dianjian_using_subcommand inventory" -l format -d 'Format [default: by the name of the file, else text]' -r -f -a "text\t'For reading on a terminal'
csv\t'For spreadsheet programs, three columns a shop'
xlsx\t'Workbook with filters and colours, with -o'
json\t'For programs; schema: rules schema inventory'"
complete -c dianjian -n "__fish_dianjian_using_subcommand inventory" -s o -l output -d 'Write the table to a file' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand inventory" -l memory -d 'MiB of memory for cross-record rules; the rest goes to temporary files [default: 96]' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand inventory" -l only -d 'Apply only these rules, by id or by pattern such as \'naming/*\' (repeatable)' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand inventory" -l skip -d 'Skip these rules, by id or by pattern (repeatable)' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand inventory" -l config -d 'Configuration file [default: dianjian.yaml in this folder or one above]' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand inventory" -l rules -d 'Folder of rules to add to the built-in ones (repeatable)' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand inventory" -l mapping -d 'Mapping for files of another layout (repeatable)' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand inventory" -l table -d 'File of rows to add to a table (repeatable)' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand inventory" -l param -d 'Set a rule\'s parameter, e.g. limits/weixin-stores.limit=20 (repeatable)' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand inventory" -l lang -d 'Language of messages, zh or en [default: from the configuration, else the locale]' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand inventory" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'Always'
never\t'Never'"
complete -c dianjian -n "__fish_dianjian_using_subcommand inventory" -l no-ignore -d 'Include files that .gitignore excludes'
complete -c dianjian -n "__fish_dianjian_using_subcommand inventory" -l force-exclude -d 'Treat named files as those in folders: obey ignore:, pass over what holds no records (for hooks that name every file)'
complete -c dianjian -n "__fish_dianjian_using_subcommand inventory" -l only-differences -d 'Show only SKUs with something wrong'
complete -c dianjian -n "__fish_dianjian_using_subcommand inventory" -l no-config -d 'Ignore the configuration file'
complete -c dianjian -n "__fish_dianjian_using_subcommand inventory" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dianjian -n "__fish_dianjian_using_subcommand audit" -l stdin-name -d 'Name of standard input in reports; its extension sets the format' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand audit" -l system -d 'System to assume for shops whose exports do not name it' -r -f -a "mini-store\t'Mini Store (2020)'
channels-store\t'Channels Store (2022)'
weixin-store\t'Weixin Store (2024)'
mini-program-mall\t'Mini-program mall'"
complete -c dianjian -n "__fish_dianjian_using_subcommand audit" -l threads -d 'Number of worker threads [default: number of cores]' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand audit" -l format -d 'Output format' -r -f -a "text\t'Text for people'
json\t'JSON for programs'"
complete -c dianjian -n "__fish_dianjian_using_subcommand audit" -l only -d 'Apply only these rules, by id or by pattern such as \'naming/*\' (repeatable)' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand audit" -l skip -d 'Skip these rules, by id or by pattern (repeatable)' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand audit" -l config -d 'Configuration file [default: dianjian.yaml in this folder or one above]' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand audit" -l rules -d 'Folder of rules to add to the built-in ones (repeatable)' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand audit" -l mapping -d 'Mapping for files of another layout (repeatable)' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand audit" -l table -d 'File of rows to add to a table (repeatable)' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand audit" -l param -d 'Set a rule\'s parameter, e.g. limits/weixin-stores.limit=20 (repeatable)' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand audit" -l lang -d 'Language of messages, zh or en [default: from the configuration, else the locale]' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand audit" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'Always'
never\t'Never'"
complete -c dianjian -n "__fish_dianjian_using_subcommand audit" -l no-ignore -d 'Include files that .gitignore excludes'
complete -c dianjian -n "__fish_dianjian_using_subcommand audit" -l force-exclude -d 'Treat named files as those in folders: obey ignore:, pass over what holds no records (for hooks that name every file)'
complete -c dianjian -n "__fish_dianjian_using_subcommand audit" -l no-config -d 'Ignore the configuration file'
complete -c dianjian -n "__fish_dianjian_using_subcommand audit" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dianjian -n "__fish_dianjian_using_subcommand forecast" -l stdin-name -d 'Name of standard input in reports; its extension sets the format' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand forecast" -l system -d 'System to assume for shops whose exports do not name it' -r -f -a "mini-store\t'Mini Store (2020)'
channels-store\t'Channels Store (2022)'
weixin-store\t'Weixin Store (2024)'
mini-program-mall\t'Mini-program mall'"
complete -c dianjian -n "__fish_dianjian_using_subcommand forecast" -l threads -d 'Number of worker threads [default: number of cores]' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand forecast" -l as-of -d 'Apply the rules in force on this date [default: today in Asia/Shanghai]' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand forecast" -l until -d 'Last date to look ahead to [default: in a year]' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand forecast" -l only -d 'Apply only these rules, by id or by pattern such as \'naming/*\' (repeatable)' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand forecast" -l skip -d 'Skip these rules, by id or by pattern (repeatable)' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand forecast" -l config -d 'Configuration file [default: dianjian.yaml in this folder or one above]' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand forecast" -l rules -d 'Folder of rules to add to the built-in ones (repeatable)' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand forecast" -l mapping -d 'Mapping for files of another layout (repeatable)' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand forecast" -l table -d 'File of rows to add to a table (repeatable)' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand forecast" -l param -d 'Set a rule\'s parameter, e.g. limits/weixin-stores.limit=20 (repeatable)' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand forecast" -l format -d 'Output format' -r -f -a "human\t'Text for people'
json\t'JSON for programs'"
complete -c dianjian -n "__fish_dianjian_using_subcommand forecast" -l lang -d 'Language of messages, zh or en [default: from the configuration, else the locale]' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand forecast" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'Always'
never\t'Never'"
complete -c dianjian -n "__fish_dianjian_using_subcommand forecast" -l no-ignore -d 'Include files that .gitignore excludes'
complete -c dianjian -n "__fish_dianjian_using_subcommand forecast" -l force-exclude -d 'Treat named files as those in folders: obey ignore:, pass over what holds no records (for hooks that name every file)'
complete -c dianjian -n "__fish_dianjian_using_subcommand forecast" -l no-config -d 'Ignore the configuration file'
complete -c dianjian -n "__fish_dianjian_using_subcommand forecast" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dianjian -n "__fish_dianjian_using_subcommand migrate; and not __fish_seen_subcommand_from plan show apply status resume rollback verify help" -l lang -d 'Language of messages, zh or en [default: from the configuration, else the locale]' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand migrate; and not __fish_seen_subcommand_from plan show apply status resume rollback verify help" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'Always'
never\t'Never'"
complete -c dianjian -n "__fish_dianjian_using_subcommand migrate; and not __fish_seen_subcommand_from plan show apply status resume rollback verify help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dianjian -n "__fish_dianjian_using_subcommand migrate; and not __fish_seen_subcommand_from plan show apply status resume rollback verify help" -f -a "plan" -d 'Plan the migration of a fleet of shops'
complete -c dianjian -n "__fish_dianjian_using_subcommand migrate; and not __fish_seen_subcommand_from plan show apply status resume rollback verify help" -f -a "show" -d 'Show a plan as text, Markdown, CSV, workbook, calendar or web page'
complete -c dianjian -n "__fish_dianjian_using_subcommand migrate; and not __fish_seen_subcommand_from plan show apply status resume rollback verify help" -f -a "apply" -d 'Apply a plan\'s edits to the files'
complete -c dianjian -n "__fish_dianjian_using_subcommand migrate; and not __fish_seen_subcommand_from plan show apply status resume rollback verify help" -f -a "status" -d 'Show how far a plan has been applied'
complete -c dianjian -n "__fish_dianjian_using_subcommand migrate; and not __fish_seen_subcommand_from plan show apply status resume rollback verify help" -f -a "resume" -d 'Resume a run that was stopped, cut off or failed'
complete -c dianjian -n "__fish_dianjian_using_subcommand migrate; and not __fish_seen_subcommand_from plan show apply status resume rollback verify help" -f -a "rollback" -d 'Undo a plan\'s edits and restore the exact bytes of the files'
complete -c dianjian -n "__fish_dianjian_using_subcommand migrate; and not __fish_seen_subcommand_from plan show apply status resume rollback verify help" -f -a "verify" -d 'Check the files as of the cut-over date and compare the result with the plan'
complete -c dianjian -n "__fish_dianjian_using_subcommand migrate; and not __fish_seen_subcommand_from plan show apply status resume rollback verify help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c dianjian -n "__fish_dianjian_using_subcommand migrate; and __fish_seen_subcommand_from plan" -l stdin-name -d 'Name of standard input in reports; its extension sets the format' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand migrate; and __fish_seen_subcommand_from plan" -l system -d 'System to assume for shops whose exports do not name it' -r -f -a "mini-store\t'Mini Store (2020)'
channels-store\t'Channels Store (2022)'
weixin-store\t'Weixin Store (2024)'
mini-program-mall\t'Mini-program mall'"
complete -c dianjian -n "__fish_dianjian_using_subcommand migrate; and __fish_seen_subcommand_from plan" -l threads -d 'Number of worker threads [default: number of cores]' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand migrate; and __fish_seen_subcommand_from plan" -s o -l output -d 'Where to write the plan' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand migrate; and __fish_seen_subcommand_from plan" -l as-of -d 'Apply the rules in force on this date [default: today in Asia/Shanghai]' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand migrate; and __fish_seen_subcommand_from plan" -l cutover -d 'Cut-over date, whose rules the result must pass [default: date of the plan]' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand migrate; and __fish_seen_subcommand_from plan" -l decisions -d 'File of decisions: names, shops to leave out, shops to keep, options; its form is below' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand migrate; and __fish_seen_subcommand_from plan" -l write-decisions -d 'Write a decisions file to fill in: every open choice with its candidates, as comments' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand migrate; and __fish_seen_subcommand_from plan" -l per-day -d 'Most shops to migrate in a day' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand migrate; and __fish_seen_subcommand_from plan" -l config -d 'Configuration file [default: dianjian.yaml in this folder or one above]' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand migrate; and __fish_seen_subcommand_from plan" -l rules -d 'Folder of rules to add to the built-in ones (repeatable)' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand migrate; and __fish_seen_subcommand_from plan" -l mapping -d 'Mapping for files of another layout (repeatable)' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand migrate; and __fish_seen_subcommand_from plan" -l table -d 'File of rows to add to a table (repeatable)' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand migrate; and __fish_seen_subcommand_from plan" -l param -d 'Set a rule\'s parameter, e.g. limits/weixin-stores.limit=20 (repeatable)' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand migrate; and __fish_seen_subcommand_from plan" -l lang -d 'Language of messages, zh or en [default: from the configuration, else the locale]' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand migrate; and __fish_seen_subcommand_from plan" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'Always'
never\t'Never'"
complete -c dianjian -n "__fish_dianjian_using_subcommand migrate; and __fish_seen_subcommand_from plan" -l no-ignore -d 'Include files that .gitignore excludes'
complete -c dianjian -n "__fish_dianjian_using_subcommand migrate; and __fish_seen_subcommand_from plan" -l force-exclude -d 'Treat named files as those in folders: obey ignore:, pass over what holds no records (for hooks that name every file)'
complete -c dianjian -n "__fish_dianjian_using_subcommand migrate; and __fish_seen_subcommand_from plan" -l no-config -d 'Ignore the configuration file'
complete -c dianjian -n "__fish_dianjian_using_subcommand migrate; and __fish_seen_subcommand_from plan" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dianjian -n "__fish_dianjian_using_subcommand migrate; and __fish_seen_subcommand_from show" -l root -d 'Folder that the plan\'s paths start from [default: as recorded in the plan]' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand migrate; and __fish_seen_subcommand_from show" -l format -d 'Output format' -r -f -a "text\t'For a terminal'
markdown\t'For a ticket or a wiki'
csv\t'For a spreadsheet, one shop per row'
ics\t'For a calendar, with tasks and deadlines'
html\t'For a browser, in one self-contained file'
xlsx\t'Workbook with the shops and the tasks, with -o'"
complete -c dianjian -n "__fish_dianjian_using_subcommand migrate; and __fish_seen_subcommand_from show" -s o -l output -d 'Write to a file instead of standard output' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand migrate; and __fish_seen_subcommand_from show" -l shop -d 'Show only these shops, by key (repeatable)' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand migrate; and __fish_seen_subcommand_from show" -l lang -d 'Language of messages, zh or en [default: from the configuration, else the locale]' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand migrate; and __fish_seen_subcommand_from show" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'Always'
never\t'Never'"
complete -c dianjian -n "__fish_dianjian_using_subcommand migrate; and __fish_seen_subcommand_from show" -l all -d 'Show every shop and every task, not only the summary and the calendar'
complete -c dianjian -n "__fish_dianjian_using_subcommand migrate; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dianjian -n "__fish_dianjian_using_subcommand migrate; and __fish_seen_subcommand_from apply" -l root -d 'Folder that the plan\'s paths start from [default: as recorded in the plan]' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand migrate; and __fish_seen_subcommand_from apply" -l only -d 'Apply only these shops, by key; @FILE reads keys from a file, one per line (repeatable)' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand migrate; and __fish_seen_subcommand_from apply" -l format -d 'Output format' -r -f -a "human\t'Text for people'
json\t'JSON for programs'"
complete -c dianjian -n "__fish_dianjian_using_subcommand migrate; and __fish_seen_subcommand_from apply" -l lang -d 'Language of messages, zh or en [default: from the configuration, else the locale]' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand migrate; and __fish_seen_subcommand_from apply" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'Always'
never\t'Never'"
complete -c dianjian -n "__fish_dianjian_using_subcommand migrate; and __fish_seen_subcommand_from apply" -l keep-going -d 'Go on with the other files when some do not match the plan'
complete -c dianjian -n "__fish_dianjian_using_subcommand migrate; and __fish_seen_subcommand_from apply" -l dry-run -d 'Report what would be done; write nothing'
complete -c dianjian -n "__fish_dianjian_using_subcommand migrate; and __fish_seen_subcommand_from apply" -l diff -d 'Print what would change; write nothing'
complete -c dianjian -n "__fish_dianjian_using_subcommand migrate; and __fish_seen_subcommand_from apply" -l all -d 'List every shop'
complete -c dianjian -n "__fish_dianjian_using_subcommand migrate; and __fish_seen_subcommand_from apply" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dianjian -n "__fish_dianjian_using_subcommand migrate; and __fish_seen_subcommand_from status" -l root -d 'Folder that the plan\'s paths start from [default: as recorded in the plan]' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand migrate; and __fish_seen_subcommand_from status" -l format -d 'Output format' -r -f -a "human\t'Text for people'
json\t'JSON for programs'"
complete -c dianjian -n "__fish_dianjian_using_subcommand migrate; and __fish_seen_subcommand_from status" -l lang -d 'Language of messages, zh or en [default: from the configuration, else the locale]' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand migrate; and __fish_seen_subcommand_from status" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'Always'
never\t'Never'"
complete -c dianjian -n "__fish_dianjian_using_subcommand migrate; and __fish_seen_subcommand_from status" -l all -d 'List every shop'
complete -c dianjian -n "__fish_dianjian_using_subcommand migrate; and __fish_seen_subcommand_from status" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dianjian -n "__fish_dianjian_using_subcommand migrate; and __fish_seen_subcommand_from resume" -l root -d 'Folder that the plan\'s paths start from [default: as recorded in the plan]' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand migrate; and __fish_seen_subcommand_from resume" -l format -d 'Output format' -r -f -a "human\t'Text for people'
json\t'JSON for programs'"
complete -c dianjian -n "__fish_dianjian_using_subcommand migrate; and __fish_seen_subcommand_from resume" -l lang -d 'Language of messages, zh or en [default: from the configuration, else the locale]' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand migrate; and __fish_seen_subcommand_from resume" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'Always'
never\t'Never'"
complete -c dianjian -n "__fish_dianjian_using_subcommand migrate; and __fish_seen_subcommand_from resume" -l dry-run -d 'Report what would be done; write nothing'
complete -c dianjian -n "__fish_dianjian_using_subcommand migrate; and __fish_seen_subcommand_from resume" -l diff -d 'Print what would change; write nothing'
complete -c dianjian -n "__fish_dianjian_using_subcommand migrate; and __fish_seen_subcommand_from resume" -l all -d 'List every shop'
complete -c dianjian -n "__fish_dianjian_using_subcommand migrate; and __fish_seen_subcommand_from resume" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dianjian -n "__fish_dianjian_using_subcommand migrate; and __fish_seen_subcommand_from rollback" -l root -d 'Folder that the plan\'s paths start from [default: as recorded in the plan]' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand migrate; and __fish_seen_subcommand_from rollback" -l shop -d 'Undo only these shops, by key; @FILE reads keys from a file, one per line (repeatable)' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand migrate; and __fish_seen_subcommand_from rollback" -l format -d 'Output format' -r -f -a "human\t'Text for people'
json\t'JSON for programs'"
complete -c dianjian -n "__fish_dianjian_using_subcommand migrate; and __fish_seen_subcommand_from rollback" -l lang -d 'Language of messages, zh or en [default: from the configuration, else the locale]' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand migrate; and __fish_seen_subcommand_from rollback" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'Always'
never\t'Never'"
complete -c dianjian -n "__fish_dianjian_using_subcommand migrate; and __fish_seen_subcommand_from rollback" -l dry-run -d 'Report what would be done; write nothing'
complete -c dianjian -n "__fish_dianjian_using_subcommand migrate; and __fish_seen_subcommand_from rollback" -l diff -d 'Print what would change back; write nothing'
complete -c dianjian -n "__fish_dianjian_using_subcommand migrate; and __fish_seen_subcommand_from rollback" -l all -d 'List every shop'
complete -c dianjian -n "__fish_dianjian_using_subcommand migrate; and __fish_seen_subcommand_from rollback" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dianjian -n "__fish_dianjian_using_subcommand migrate; and __fish_seen_subcommand_from verify" -l root -d 'Folder that the plan\'s paths start from [default: as recorded in the plan]' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand migrate; and __fish_seen_subcommand_from verify" -l threads -d 'Number of worker threads [default: number of cores]' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand migrate; and __fish_seen_subcommand_from verify" -l format -d 'Output format' -r -f -a "human\t'Text for people'
json\t'JSON for programs'"
complete -c dianjian -n "__fish_dianjian_using_subcommand migrate; and __fish_seen_subcommand_from verify" -l config -d 'Configuration file [default: dianjian.yaml in this folder or one above]' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand migrate; and __fish_seen_subcommand_from verify" -l rules -d 'Folder of rules to add to the built-in ones (repeatable)' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand migrate; and __fish_seen_subcommand_from verify" -l mapping -d 'Mapping for files of another layout (repeatable)' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand migrate; and __fish_seen_subcommand_from verify" -l table -d 'File of rows to add to a table (repeatable)' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand migrate; and __fish_seen_subcommand_from verify" -l param -d 'Set a rule\'s parameter, e.g. limits/weixin-stores.limit=20 (repeatable)' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand migrate; and __fish_seen_subcommand_from verify" -l lang -d 'Language of messages, zh or en [default: from the configuration, else the locale]' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand migrate; and __fish_seen_subcommand_from verify" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'Always'
never\t'Never'"
complete -c dianjian -n "__fish_dianjian_using_subcommand migrate; and __fish_seen_subcommand_from verify" -l all -d 'List every shop'
complete -c dianjian -n "__fish_dianjian_using_subcommand migrate; and __fish_seen_subcommand_from verify" -l no-config -d 'Ignore the configuration file'
complete -c dianjian -n "__fish_dianjian_using_subcommand migrate; and __fish_seen_subcommand_from verify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dianjian -n "__fish_dianjian_using_subcommand migrate; and __fish_seen_subcommand_from help" -f -a "plan" -d 'Plan the migration of a fleet of shops'
complete -c dianjian -n "__fish_dianjian_using_subcommand migrate; and __fish_seen_subcommand_from help" -f -a "show" -d 'Show a plan as text, Markdown, CSV, workbook, calendar or web page'
complete -c dianjian -n "__fish_dianjian_using_subcommand migrate; and __fish_seen_subcommand_from help" -f -a "apply" -d 'Apply a plan\'s edits to the files'
complete -c dianjian -n "__fish_dianjian_using_subcommand migrate; and __fish_seen_subcommand_from help" -f -a "status" -d 'Show how far a plan has been applied'
complete -c dianjian -n "__fish_dianjian_using_subcommand migrate; and __fish_seen_subcommand_from help" -f -a "resume" -d 'Resume a run that was stopped, cut off or failed'
complete -c dianjian -n "__fish_dianjian_using_subcommand migrate; and __fish_seen_subcommand_from help" -f -a "rollback" -d 'Undo a plan\'s edits and restore the exact bytes of the files'
complete -c dianjian -n "__fish_dianjian_using_subcommand migrate; and __fish_seen_subcommand_from help" -f -a "verify" -d 'Check the files as of the cut-over date and compare the result with the plan'
complete -c dianjian -n "__fish_dianjian_using_subcommand migrate; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c dianjian -n "__fish_dianjian_using_subcommand baseline; and not __fish_seen_subcommand_from create help" -l lang -d 'Language of messages, zh or en [default: from the configuration, else the locale]' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand baseline; and not __fish_seen_subcommand_from create help" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'Always'
never\t'Never'"
complete -c dianjian -n "__fish_dianjian_using_subcommand baseline; and not __fish_seen_subcommand_from create help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dianjian -n "__fish_dianjian_using_subcommand baseline; and not __fish_seen_subcommand_from create help" -f -a "create" -d 'Record all current findings in a new baseline'
complete -c dianjian -n "__fish_dianjian_using_subcommand baseline; and not __fish_seen_subcommand_from create help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c dianjian -n "__fish_dianjian_using_subcommand baseline; and __fish_seen_subcommand_from create" -l stdin-name -d 'Name of standard input in reports; its extension sets the format' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand baseline; and __fish_seen_subcommand_from create" -l system -d 'System to assume for shops whose exports do not name it' -r -f -a "mini-store\t'Mini Store (2020)'
channels-store\t'Channels Store (2022)'
weixin-store\t'Weixin Store (2024)'
mini-program-mall\t'Mini-program mall'"
complete -c dianjian -n "__fish_dianjian_using_subcommand baseline; and __fish_seen_subcommand_from create" -l threads -d 'Number of worker threads [default: number of cores]' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand baseline; and __fish_seen_subcommand_from create" -l baseline -d 'File to write [default: from the configuration, else dianjian-baseline.json]' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand baseline; and __fish_seen_subcommand_from create" -l as-of -d 'Apply the rules in force on this date [default: today in Asia/Shanghai]' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand baseline; and __fish_seen_subcommand_from create" -l only -d 'Apply only these rules, by id or by pattern such as \'naming/*\' (repeatable)' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand baseline; and __fish_seen_subcommand_from create" -l skip -d 'Skip these rules, by id or by pattern (repeatable)' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand baseline; and __fish_seen_subcommand_from create" -l config -d 'Configuration file [default: dianjian.yaml in this folder or one above]' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand baseline; and __fish_seen_subcommand_from create" -l rules -d 'Folder of rules to add to the built-in ones (repeatable)' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand baseline; and __fish_seen_subcommand_from create" -l mapping -d 'Mapping for files of another layout (repeatable)' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand baseline; and __fish_seen_subcommand_from create" -l table -d 'File of rows to add to a table (repeatable)' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand baseline; and __fish_seen_subcommand_from create" -l param -d 'Set a rule\'s parameter, e.g. limits/weixin-stores.limit=20 (repeatable)' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand baseline; and __fish_seen_subcommand_from create" -l lang -d 'Language of messages, zh or en [default: from the configuration, else the locale]' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand baseline; and __fish_seen_subcommand_from create" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'Always'
never\t'Never'"
complete -c dianjian -n "__fish_dianjian_using_subcommand baseline; and __fish_seen_subcommand_from create" -l no-ignore -d 'Include files that .gitignore excludes'
complete -c dianjian -n "__fish_dianjian_using_subcommand baseline; and __fish_seen_subcommand_from create" -l force-exclude -d 'Treat named files as those in folders: obey ignore:, pass over what holds no records (for hooks that name every file)'
complete -c dianjian -n "__fish_dianjian_using_subcommand baseline; and __fish_seen_subcommand_from create" -l force -d 'Overwrite an existing baseline, as `check --accept` does'
complete -c dianjian -n "__fish_dianjian_using_subcommand baseline; and __fish_seen_subcommand_from create" -l no-config -d 'Ignore the configuration file'
complete -c dianjian -n "__fish_dianjian_using_subcommand baseline; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dianjian -n "__fish_dianjian_using_subcommand baseline; and __fish_seen_subcommand_from help" -f -a "create" -d 'Record all current findings in a new baseline'
complete -c dianjian -n "__fish_dianjian_using_subcommand baseline; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c dianjian -n "__fish_dianjian_using_subcommand serve" -l state -d 'Folder for projects and their history [default: that of the user\'s data]' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand serve" -l port -d 'Port to listen on [default: any free one]' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand serve" -l listen -d 'Address to listen on [default: 127.0.0.1, this machine alone]' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand serve" -l host -d 'Further host name under which it is reached, with the port as browsers send it (repeatable)' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand serve" -l tokens -d 'File with tokens of programs that use the interface, one per line' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand serve" -l as-of -d 'Apply the rules in force on this date [default: today in Asia/Shanghai]' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand serve" -l config -d 'Configuration file [default: dianjian.yaml in this folder or one above]' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand serve" -l rules -d 'Folder of rules to add to the built-in ones (repeatable)' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand serve" -l mapping -d 'Mapping for files of another layout (repeatable)' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand serve" -l table -d 'File of rows to add to a table (repeatable)' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand serve" -l param -d 'Set a rule\'s parameter, e.g. limits/weixin-stores.limit=20 (repeatable)' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand serve" -l lang -d 'Language of messages, zh or en [default: from the configuration, else the locale]' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand serve" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'Always'
never\t'Never'"
complete -c dianjian -n "__fish_dianjian_using_subcommand serve" -l no-open -d 'Do not open a browser'
complete -c dianjian -n "__fish_dianjian_using_subcommand serve" -l readonly -d 'Change nothing on disk'
complete -c dianjian -n "__fish_dianjian_using_subcommand serve" -l no-config -d 'Ignore the configuration file'
complete -c dianjian -n "__fish_dianjian_using_subcommand serve" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dianjian -n "__fish_dianjian_using_subcommand lsp" -l as-of -d 'Apply the rules in force on this date [default: today in Asia/Shanghai]' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand lsp" -l lang -d 'Language of messages, zh or en [default: from the configuration, else the locale]' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand lsp" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'Always'
never\t'Never'"
complete -c dianjian -n "__fish_dianjian_using_subcommand lsp" -l stdio -d 'Speak over standard input and output, as it always does'
complete -c dianjian -n "__fish_dianjian_using_subcommand lsp" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dianjian -n "__fish_dianjian_using_subcommand ocr; and not __fish_seen_subcommand_from add help" -l lang -d 'Language of messages, zh or en [default: from the configuration, else the locale]' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand ocr; and not __fish_seen_subcommand_from add help" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'Always'
never\t'Never'"
complete -c dianjian -n "__fish_dianjian_using_subcommand ocr; and not __fish_seen_subcommand_from add help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dianjian -n "__fish_dianjian_using_subcommand ocr; and not __fish_seen_subcommand_from add help" -f -a "add" -d 'Copy the models out of the Python package rapidocr, or out of a folder, and verify them'
complete -c dianjian -n "__fish_dianjian_using_subcommand ocr; and not __fish_seen_subcommand_from add help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c dianjian -n "__fish_dianjian_using_subcommand ocr; and __fish_seen_subcommand_from add" -l lang -d 'Language of messages, zh or en [default: from the configuration, else the locale]' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand ocr; and __fish_seen_subcommand_from add" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'Always'
never\t'Never'"
complete -c dianjian -n "__fish_dianjian_using_subcommand ocr; and __fish_seen_subcommand_from add" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dianjian -n "__fish_dianjian_using_subcommand ocr; and __fish_seen_subcommand_from help" -f -a "add" -d 'Copy the models out of the Python package rapidocr, or out of a folder, and verify them'
complete -c dianjian -n "__fish_dianjian_using_subcommand ocr; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c dianjian -n "__fish_dianjian_using_subcommand doctor" -l config -d 'Configuration file [default: dianjian.yaml in this folder or one above]' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand doctor" -l rules -d 'Folder of rules to add to the built-in ones (repeatable)' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand doctor" -l mapping -d 'Mapping for files of another layout (repeatable)' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand doctor" -l table -d 'File of rows to add to a table (repeatable)' -r -F
complete -c dianjian -n "__fish_dianjian_using_subcommand doctor" -l param -d 'Set a rule\'s parameter, e.g. limits/weixin-stores.limit=20 (repeatable)' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand doctor" -l format -d 'Output format' -r -f -a "human\t'Text for people'
json\t'JSON for programs'"
complete -c dianjian -n "__fish_dianjian_using_subcommand doctor" -l lang -d 'Language of messages, zh or en [default: from the configuration, else the locale]' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand doctor" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'Always'
never\t'Never'"
complete -c dianjian -n "__fish_dianjian_using_subcommand doctor" -l no-config -d 'Ignore the configuration file'
complete -c dianjian -n "__fish_dianjian_using_subcommand doctor" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dianjian -n "__fish_dianjian_using_subcommand completions" -l lang -d 'Language of messages, zh or en [default: from the configuration, else the locale]' -r
complete -c dianjian -n "__fish_dianjian_using_subcommand completions" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set or TERM is dumb'
always\t'Always'
never\t'Never'"
complete -c dianjian -n "__fish_dianjian_using_subcommand completions" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dianjian -n "__fish_dianjian_using_subcommand help; and not __fish_seen_subcommand_from check merge rules explain import tables template inventory audit forecast migrate baseline serve lsp ocr doctor completions help" -f -a "check" -d 'Check shop files, live rooms, and scripts, pictures and videos given by themselves'
complete -c dianjian -n "__fish_dianjian_using_subcommand help; and not __fish_seen_subcommand_from check merge rules explain import tables template inventory audit forecast migrate baseline serve lsp ocr doctor completions help" -f -a "merge" -d 'Merge the partial results of all shards of a check into one report'
complete -c dianjian -n "__fish_dianjian_using_subcommand help; and not __fish_seen_subcommand_from check merge rules explain import tables template inventory audit forecast migrate baseline serve lsp ocr doctor completions help" -f -a "rules" -d 'Test, list, lint and create rules'
complete -c dianjian -n "__fish_dianjian_using_subcommand help; and not __fish_seen_subcommand_from check merge rules explain import tables template inventory audit forecast migrate baseline serve lsp ocr doctor completions help" -f -a "explain" -d 'Explain a rule, record kind, field or table'
complete -c dianjian -n "__fish_dianjian_using_subcommand help; and not __fish_seen_subcommand_from check merge rules explain import tables template inventory audit forecast migrate baseline serve lsp ocr doctor completions help" -f -a "import" -d 'Convert platform exports and tables to native files'
complete -c dianjian -n "__fish_dianjian_using_subcommand help; and not __fish_seen_subcommand_from check merge rules explain import tables template inventory audit forecast migrate baseline serve lsp ocr doctor completions help" -f -a "tables" -d 'Build tables from the platform\'s category and deposit data'
complete -c dianjian -n "__fish_dianjian_using_subcommand help; and not __fish_seen_subcommand_from check merge rules explain import tables template inventory audit forecast migrate baseline serve lsp ocr doctor completions help" -f -a "template" -d 'Write an empty table with all accepted headings, for filling in'
complete -c dianjian -n "__fish_dianjian_using_subcommand help; and not __fish_seen_subcommand_from check merge rules explain import tables template inventory audit forecast migrate baseline serve lsp ocr doctor completions help" -f -a "inventory" -d 'Show every SKU over all shops and platforms: stock, price, state, and what is wrong'
complete -c dianjian -n "__fish_dianjian_using_subcommand help; and not __fish_seen_subcommand_from check merge rules explain import tables template inventory audit forecast migrate baseline serve lsp ocr doctor completions help" -f -a "audit" -d 'Compare the platform\'s rejections with what the rules report'
complete -c dianjian -n "__fish_dianjian_using_subcommand help; and not __fish_seen_subcommand_from check merge rules explain import tables template inventory audit forecast migrate baseline serve lsp ocr doctor completions help" -f -a "forecast" -d 'Show which findings will appear or go away, and when'
complete -c dianjian -n "__fish_dianjian_using_subcommand help; and not __fish_seen_subcommand_from check merge rules explain import tables template inventory audit forecast migrate baseline serve lsp ocr doctor completions help" -f -a "migrate" -d 'Plan, apply, undo and verify migrations to Weixin Store'
complete -c dianjian -n "__fish_dianjian_using_subcommand help; and not __fish_seen_subcommand_from check merge rules explain import tables template inventory audit forecast migrate baseline serve lsp ocr doctor completions help" -f -a "baseline" -d 'Manage the baseline of known findings'
complete -c dianjian -n "__fish_dianjian_using_subcommand help; and not __fish_seen_subcommand_from check merge rules explain import tables template inventory audit forecast migrate baseline serve lsp ocr doctor completions help" -f -a "serve" -d 'Open the workbench, a page in the browser that checks and migrates without a terminal'
complete -c dianjian -n "__fish_dianjian_using_subcommand help; and not __fish_seen_subcommand_from check merge rules explain import tables template inventory audit forecast migrate baseline serve lsp ocr doctor completions help" -f -a "lsp" -d 'Serve an editor over standard input and output (LSP); editors start it themselves'
complete -c dianjian -n "__fish_dianjian_using_subcommand help; and not __fish_seen_subcommand_from check merge rules explain import tables template inventory audit forecast migrate baseline serve lsp ocr doctor completions help" -f -a "ocr" -d 'Add what reads text in pictures and videos'
complete -c dianjian -n "__fish_dianjian_using_subcommand help; and not __fish_seen_subcommand_from check merge rules explain import tables template inventory audit forecast migrate baseline serve lsp ocr doctor completions help" -f -a "doctor" -d 'Check that rules, ffmpeg and the cache are in place'
complete -c dianjian -n "__fish_dianjian_using_subcommand help; and not __fish_seen_subcommand_from check merge rules explain import tables template inventory audit forecast migrate baseline serve lsp ocr doctor completions help" -f -a "completions" -d 'Print a completion script for a shell'
complete -c dianjian -n "__fish_dianjian_using_subcommand help; and not __fish_seen_subcommand_from check merge rules explain import tables template inventory audit forecast migrate baseline serve lsp ocr doctor completions help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c dianjian -n "__fish_dianjian_using_subcommand help; and __fish_seen_subcommand_from rules" -f -a "test" -d 'Run the examples of every rule'
complete -c dianjian -n "__fish_dianjian_using_subcommand help; and __fish_seen_subcommand_from rules" -f -a "evaluate" -d 'Measure what rules find and miss in labelled texts'
complete -c dianjian -n "__fish_dianjian_using_subcommand help; and __fish_seen_subcommand_from rules" -f -a "list" -d 'List the rules'
complete -c dianjian -n "__fish_dianjian_using_subcommand help; and __fish_seen_subcommand_from rules" -f -a "lint" -d 'Check rule files for mistakes and missing parts'
complete -c dianjian -n "__fish_dianjian_using_subcommand help; and __fish_seen_subcommand_from rules" -f -a "schema" -d 'Print the JSON Schema of a file, for editors'
complete -c dianjian -n "__fish_dianjian_using_subcommand help; and __fish_seen_subcommand_from rules" -f -a "timeline" -d 'Show when rules and table rows come into force and end'
complete -c dianjian -n "__fish_dianjian_using_subcommand help; and __fish_seen_subcommand_from rules" -f -a "new" -d 'Create a rule file with comments'
complete -c dianjian -n "__fish_dianjian_using_subcommand help; and __fish_seen_subcommand_from tables" -f -a "import" -d 'Convert category and deposit API responses to dated tables for the rules'
complete -c dianjian -n "__fish_dianjian_using_subcommand help; and __fish_seen_subcommand_from migrate" -f -a "plan" -d 'Plan the migration of a fleet of shops'
complete -c dianjian -n "__fish_dianjian_using_subcommand help; and __fish_seen_subcommand_from migrate" -f -a "show" -d 'Show a plan as text, Markdown, CSV, workbook, calendar or web page'
complete -c dianjian -n "__fish_dianjian_using_subcommand help; and __fish_seen_subcommand_from migrate" -f -a "apply" -d 'Apply a plan\'s edits to the files'
complete -c dianjian -n "__fish_dianjian_using_subcommand help; and __fish_seen_subcommand_from migrate" -f -a "status" -d 'Show how far a plan has been applied'
complete -c dianjian -n "__fish_dianjian_using_subcommand help; and __fish_seen_subcommand_from migrate" -f -a "resume" -d 'Resume a run that was stopped, cut off or failed'
complete -c dianjian -n "__fish_dianjian_using_subcommand help; and __fish_seen_subcommand_from migrate" -f -a "rollback" -d 'Undo a plan\'s edits and restore the exact bytes of the files'
complete -c dianjian -n "__fish_dianjian_using_subcommand help; and __fish_seen_subcommand_from migrate" -f -a "verify" -d 'Check the files as of the cut-over date and compare the result with the plan'
complete -c dianjian -n "__fish_dianjian_using_subcommand help; and __fish_seen_subcommand_from baseline" -f -a "create" -d 'Record all current findings in a new baseline'
complete -c dianjian -n "__fish_dianjian_using_subcommand help; and __fish_seen_subcommand_from ocr" -f -a "add" -d 'Copy the models out of the Python package rapidocr, or out of a folder, and verify them'
