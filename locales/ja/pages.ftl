# 担当者が日々使う画面：割合、操作の結果、状況画面の案内、送信前の確認、監査記録

share = { $percent } %
share-under-one = 1％未満
share-over-ninety-nine = 99％超

error-method = このアドレスだけを開くことはできません
error-method-advice = 別の画面から送られた内容だけを受け取るアドレスです。元の画面へお戻りください。

board-menu-look = 見る
board-menu-do = 操作
board-menu-take = 印刷・書き出し

plan-on-record-backup = 副担当者の登録があるのは{ $companies }社中{ $with }社です。ほかの企業では別の担当者に送ります
plan-on-record-executive = 経営者の登録があるのは{ $companies }社中{ $with }社です。ほかの企業では別の担当者に送ります
plan-on-record-buyer = 購買担当者の登録があるのは{ $companies }社中{ $with }社です。ほかの企業はどの購買担当者の一覧にも載りません

confirm-outbox-folder = このサーバーの外へは何も送られません。書き出し先：
confirm-jump = 送信欄へ進む
confirm-send-title = 送る
confirm-lacking-backup = メールアドレスのある副担当者の登録がない企業が{ $count }社あります
confirm-lacking-executive = メールアドレスのある経営者の登録がない企業が{ $count }社あります
confirm-lacking-buyer = 購買担当者の登録がない企業が{ $count }社あります
confirm-lacking-more = ほか{ $count }社

preview-mail-html = 多くのメールソフトでの見え方
preview-mail-html-hint = ここではリンクを開けません。
preview-mail-text = テキスト形式
preview-mail-text-hint = テキストだけを表示するメールソフトのために、同じメールに含まれます。

audit-each = 取込みの各社も表示する
audit-parts = 各社の変更
audit-parts-of = 1回の取込みで変わった内容を、企業ごとに表示しています。
audit-way = 経路
audit-field-audience = 宛先
audit-field-added = 個別に加えた企業
audit-field-invitations = 依頼の数
audit-job-circulate = 回覧の発送
audit-job-read-mailbox = 受信メールの確認

# 操作の結果（次の画面で一度だけ表示）
done-company-created = 企業を登録しました。
done-buyer-saved = 購買担当者を保存しました。
done-companies-given = { $count ->
    [0] いずれもすでにこの購買担当者の担当です。
   *[other] { $count }社をこの購買担当者の担当にしました。
}
done-letters-posted = { $count ->
    [0] 変更はありません。すでに郵送済みです。
   *[other] { $count }通を郵送済みにしました。
}
done-letters-ordered = 依頼状を作っています。
done-handed-on = 知らせのあった担当者へ依頼を送っています。
done-settled = 対応済みにしました。
done-taken-back = リンクを取り消しました。
done-mail-again = メールを送信待ちに戻しました。
done-mail-called-sent = メールを到達済みとしました。
done-answers-recorded = 回答を記録しました。
done-noted = 記録しました。
done-draft-kept = 下書きを保存しました。
done-draft-deleted = 下書きを削除しました。
done-mails-resumed = メールの送信を再開しました。
done-mails-paused = メールの送信を一時停止しました。再開するまで送りません。
done-mails-cancelled = 未送信のメールを取り消しました。
done-tested = テストメールをご自身のアドレスへ送りました。
done-sent = { $count }社に回覧を送りました。この画面で状況を確認できます。
