"""What a photographed letter says where nobody typed it: enough for whoever hands appeals over by hand. Pure."""

PHOTOGRAPHED = "意见箱里的来信，写在照片上，没有抄下来，请看照片再分派。"
