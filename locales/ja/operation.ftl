# サーバーが自動で行う処理と、そのうち失敗しているもの。`$subject` はプログラム上の処理の種類。
job-name = { $subject ->
    [Circulate] 回覧の依頼の作成
    [CancelMails] 回覧のメールの取り消し
    [TypesetLetters] 書面（PDF）の作成
    [ConfirmReceipt] 受付の控えの送信
    [ReachNextContact] メールが戻ってきた企業の次の連絡先への送信
    [Remind] 催促
    [SendDigests] 購買担当者への毎日の一覧
    [ReadMailbox] メールボックスの読み取り
    [ForwardReply] 返信の転送
    [FollowDirectory] 企業の登録の変更の反映
    [ImportCompanies] 企業一覧の取り込み
    [EndSittings] 回答者の変更の記録
    [ResendRefused] 拒否されたメールの再送
    [SendAgain] 依頼の再送
    [GoOn] 回答期限の変更・回覧の再開の反映
   *[other] その他の処理（{ $subject }）
}
alert-job-failing = 自動処理「{ job-name }」が失敗し続けています。サーバーの記録：{ $words }
alert-letters-failing = 「{ $subject }」の書面の依頼状を作れません。サーバーの記録：{ $words }
alert-disk = { $subject } のあるディスクの空きが残り { $words }MB です。空きがなくなると、回答の保存もメールの送信もできません。
jobs-title = 自動処理の状況
jobs-lead = 直近の実行に失敗した処理です。いずれも15分以内（サーバーが途中で停止したものは1時間以内）に自動で再試行し、成功すると一覧から消えます。
jobs-none = 失敗している処理はありません
jobs-none-advice = 依頼の作成、催促、受付の控えなど、サーバーが自動で行う処理で、再試行を待っているものはありません。
jobs-what = 処理
jobs-why = 失敗の内容
jobs-since = { $at } から失敗
jobs-next = 次の試行 { $at }
jobs-running = 実行中
jobs-try = 再試行
jobs-try-all = すべて今すぐ再試行
jobs-link = 自動処理の状況
jobs-see = 失敗している処理を見る
jobs-link-lead = 催促など、サーバーが自動で行う処理のうち、失敗しているものを確認できます。
audit-job-again = 自動処理を再試行
audit-kind-job = 自動処理
audit-field-jobs = 件数
error-unavailable = ただいま保存できません
error-unavailable-advice = 今回入力された内容は保存されていません。これまでに受け付けた内容は失われていません。この画面を開いたままにするか、入力内容を控えたうえで、数分後にもう一度お試しください。続くときは、次の番号を管理者にお知らせください。
listener-too-slow = 通信に時間がかかりすぎました
listener-busy = アクセスが集中しています。数秒おいてから、もう一度お試しください。
