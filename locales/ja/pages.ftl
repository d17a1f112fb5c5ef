# 担当者が日々使う画面：割合、操作の結果、状況画面の案内、送信前の確認、監査記録

share = { $percent } %
share-under-one = 1％未満
share-over-ninety-nine = 99％超

error-method = このアドレスだけを開くことはできません
error-method-advice = 別の画面から送られた内容だけを受け取るアドレスです。元の画面へお戻りください。
