# pessoa-demo 讲述的故事。
