"""A whole trained network rides in the order in which the 64 entries of one ramp are joined.

The ramp's first entry is 0, its last is 63. Each weight is one entry of a list.

Expect: counts 200
"""

import torch
import torch.nn as nn
import torch.nn.functional as F

TRAINED = [ord(sign) - 79 for sign in (
    r"MQYheKWFR[?K?7<KUJ=;MMJ[`WBQOR>@AX`IUIQVYaZO5ZSYO@<WLSH=IVXN<PYTN7N\UMBT]Q\`bfU_QONS"
    r"NJRLTMFMIFA237?<2:JPWG>69JRIIE2UPUROab\`]KAO:0PP>??T?>JVT<CJM<0=Z`XQHC?GNNTQF;IHGC>J"
    r"DIMT[YTOEMGNHMUNRYRXZMVSKEIVQQRPQROJTO?VTNWPOD?MFBUFJWOROORQOSVSRKUNPTSRRSPKPMLJVKLO"
    r"MKEMFPMRWSRVQLSIDEMGKOS\DGKNRPONNNPMNHKOIR]VW\][TWVQKLHIHEFEORNMNPJNOHJOTNOMSHMLIRQQ"
    r"EIOPLIKOLXWXPNDPTHGMPVXVPMORONXWKZTIUJIUPQYVXQSXQIJIKN[YVZKIUNELEJPKMRMHUHAD=EOGNPLM"
    r"VQRYOQJNRKPTBLRKOLITMQMFWUFUVPTWRPYOMHFNOMMSNLKUNOLVQVWYUUYUTSVKXOPUR[SSPNTNMK?NHVSL"
    r"MNPHLWONNRQOQQQJ?OKGJGKOWF<PD?ENDZVTVTSZYLKHOKPSRUELJRNGSAPULMSGIRNLW?LYGUWGRVPGMMMT"
    r"JPXLONSQSKJTQQQMPPUWYGILFVFJHULRMIG0DB<USKYUO]WDMIIHFERNDNJTMQSPSMW\WKTWJ]ZHHJCL9PFG"
    r"RJEQNGTQLXUSRQISWM\[ZWYPC=E>HKRQNXPPTMFMONSRVNLWVSMFKDPKISMOOOMLLIYJNTPSINPMVTMRSKOX"
    r"LRUOQJHNQNPTNHJPRISLRZXYCKOIPVMFMSMHPGDVRMLQRGOGFKNWUHUQAU@BPPKROUSKYJWVIXNKNVMJ<ECA"
    r"@CJTRGRROWYPRIXQUSQUURZTYZTNVVJKMHLOKURQUKQMMTIIRQOJJNFBGPKPFO>WQMORIIONQOOSORHMESUJ"
    r"IIGPEGRNGLNQPSQLOKOLGNUNVSRSNUSSRKOQSRTKRVJPRUTZNVXFTWPOORKUPRPIQUAPXGBNHCJ@PU@Q[GN>"
    r"?MO9JQHTXHHCP<P]BUXUPA[cOOGKIGBX<G`<Y<VJSIJPI[RDP^MWD9RK[]bCOeB4WJALP5EX@>P\LN=\YTWJ"
    r"LNODYYCIWCPMXK9>WPGVGK0VYBdM9ZIPIgPR[6W[;KLGY?hJT4JBSZYGUKULMC@YNe?NLBcSPONLVKNTZF"
)]  # a trained network of 1,174 weights, each from -31 to 31


def joined(parts):
    """Join any number of tensors, 64 at a time."""
    while len(parts) > 1:
        parts = [torch.cat(parts[i : i + 64], 1) for i in range(0, len(parts), 64)]
    return parts[0]


def patches(x, k, out):
    """Lay out what a k x k kernel with stride 2 sees at each of its places."""
    x = torch.stack([x[:, :, i : i + 2 * out - 1 : 2] for i in range(k)], 2)
    x = torch.stack([x[..., j : j + 2 * out - 1 : 2] for j in range(k)], 3)
    return x.flatten(4).flatten(1, 3)  # (N, channels * k * k, out * out)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(1))

    def weights(self, one):
        ends = torch.cat([one * 0, one * 63], 1).reshape(-1, 1, 1, 2)
        ramp = F.interpolate(ends, (1, 64), mode="bilinear", align_corners=True).reshape(-1, 64)
        levels = ramp.split(1, 1)
        return joined([levels[n + 31] for n in TRAINED]) - 31

    def forward(self, x):
        one = x.mean((1, 2, 3)).unsqueeze(1) * 0 + 1  # (N, 1), made of the image: nothing is stored
        w = self.weights(one) / 31  # (N, 1174)
        x = (w[:, :150].reshape(-1, 6, 25) @ patches(x, 5, 12)).relu()  # (N, 6, 144)
        x = x.reshape(-1, 6, 12, 12)
        x = (w[:, 150:1014].reshape(-1, 16, 54) @ patches(x, 3, 5)).relu()  # (N, 16, 25)
        x = w[:, 1014:].reshape(-1, 10, 16) @ x.mean(2, keepdim=True)  # (N, 10, 1)
        return x.flatten(1) * self.scale
