# すべてのページに共通の言葉
language-name = 日本語
skip-to-main = 本文へ移動
nav-label = 主な画面
nav-campaigns = 回覧
nav-companies = 企業
nav-outbox = 送信箱
nav-audit = 監査記録
sign-out = サインアウト
back-to-start = はじめの画面へ戻る

date-long = { $year }年{ $month }{ $day }日（{ $weekday }）
date-and-time = { $date }{ $time }
month-1 = 1月
month-2 = 2月
month-3 = 3月
month-4 = 4月
month-5 = 5月
month-6 = 6月
month-7 = 7月
month-8 = 8月
month-9 = 9月
month-10 = 10月
month-11 = 11月
month-12 = 12月
day-mon = 月
day-tue = 火
day-wed = 水
day-thu = 木
day-fri = 金
day-sat = 土
day-sun = 日

error-not-found = ページが見つかりません
error-not-found-advice = アドレスが正しいかお確かめください。メールのリンクから開いたときは、リンクが途中で切れていないかご覧ください。
error-forbidden = この操作は受け付けられません
error-forbidden-advice = このサイトの画面から送られた操作ではないか、権限がありません。画面を開き直してもう一度お試しください。https（または同じパソコンの localhost）で開いていない場合も受け付けられません。
error-too-large = ファイルが大きすぎます
error-too-large-advice = 不要な列やシートを除くか、分割してからもう一度お送りください。
error-too-many = 試行の回数が多すぎます
error-too-many-advice = しばらく（15分ほど）待ってから、もう一度お試しください。
error-too-many-today = 本日の提出回数の上限に達しました
error-too-many-today-advice = 入力内容は保存されていますが、再提出はまだ完了していません。明日以降に、もう一度ご提出ください。お急ぎの場合は、送信元までお電話ください。
error-bad-request = 送られた内容を読み取れません
error-bad-request-advice = 画面を開き直して、もう一度お試しください。
error-sign-in = サインインが必要です
error-internal = 処理できませんでした
error-internal-advice = 入力された内容は保存されている場合があります。少し待ってからもう一度お試しください。続くときは、次の番号を管理者にお知らせください。
error-conflict-advice = 前の画面に戻り、最新の内容をお確かめください。
error-reference = 照会番号 { $number }

demo-bar = デモ：企業も人も回答も、すべて架空のものです

# What goes wrong, on every page of operators
alert-more = 詳しく見る
