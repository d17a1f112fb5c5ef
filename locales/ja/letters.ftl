# 依頼状を文書として：PDF、郵送

letter-as-pdf = 依頼状をPDFでダウンロード
letter-number-line = 依頼番号　{ $number }
letter-qr = 回答ページ
letter-qr-alt = 回答ページを開くためのQRコード
letter-stamp-alt = { $sender }の印
letter-mark-sample = 見本
letter-mark-demo = デモ（架空）
error-letter = 依頼状のPDFを作れませんでした
error-letter-advice = 同じ依頼状を回答ページでお読みになれます。印刷もできます。PDFが必要なときは、恐れ入りますが依頼元へお知らせください。

# 郵送のページ
letters-nav = 郵送
letters-title = 郵送する依頼状
letters-intro = メールアドレスのない企業への依頼状です。回答ページのQRコードと受付コードを印刷してあります。印刷して郵送したら、この画面で記録してください。
letters-empty = 郵送する依頼状はありません
letters-empty-text = メールアドレスのない企業に回覧を送ると、印刷用の依頼状がここに並びます。企業ごとの依頼状は、各企業の画面からPDFでダウンロードできます。
letters-sending = 依頼を作成中です。メールアドレスのない企業への依頼状は、このあと作ります。
letters-unmade = { $count }通を作成しています。
letters-unmade-more = { $count }通以上を作成しています。
letters-failed = 依頼状を作れませんでした
letters-failed-advice = 直したあとで、もう一度お試しください。
letters-again = もう一度作る
letters-print = 依頼状 { $count }通
letters-download = 印刷用PDFをダウンロード（{ $size } kB）
letters-one-side = 片面で印刷してください。一通が二枚になるときは、二枚目の下に依頼番号とページが入ります。
letters-posted = 郵送
letters-posted-hint = 実際に郵送したものだけを選んでください。選ばなかったものは、あとで記録できます。
letters-posted-button = 選んだ依頼状を「郵送済み」にする
letters-posted-at = { $at }に郵送
letters-not-posted = 郵送しません
letters-waits = 郵送待ち
letters-by-post = 郵送
event-posted = 依頼状を郵送しました
audit-letters-posted = 依頼状の郵送を記録

# 作れなかったわけ
letters-no-typesetter = このプログラムには組版の機能が入っていません。機能「typeset」を入れてビルドしたものをお使いください。
letters-no-fonts = 次のフォルダーにフォントが見つかりません：{ $folders }。Debianでは apt install fonts-morisawa-bizud-mincho fonts-morisawa-bizud-gothic fonts-noto-cjk で入ります。別の場所にあるときは、設定の letters.fonts に書いてください。
letters-missing-signs = 次の文字を持つフォントがありません：{ $signs }。その文字を持つフォントを設定 letters.fonts のフォルダーに入れるか、表記を改めてください。
letters-template-line = { $file } の{ $line }行目に誤りがあります：{ $message }
letters-template = { $file } を使えません：{ $message }
letters-too-long = { $seconds }秒たっても組版が終わりません。独自のひな形（content/letters/letter.typ）に終わらない処理がないか、お確かめください。
letters-broke-off = 組版の途中でプログラムが終わりました。使えるメモリーは{ $mib } MBまでです。独自のひな形（content/letters/letter.typ）が大きなものを作っていないか、お確かめください。
letters-not-started = 組版のプログラムを始められません：{ $reason }
